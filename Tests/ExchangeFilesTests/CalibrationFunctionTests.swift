import ExchangeFiles
import Foundation
import Intercalibration
import Testing

struct CalibrationFunctionTests {
    private let function: CalibrationFunction

    init() throws { function = CalibrationFunction(try SampleCalibration.make()) }

    @Test func interpolatedIsWhatCorrectsJets() {
        let residual = function.calibration.residual
        for eta in stride(from: -2.49, to: 2.5, by: 0.17) {
            for pt in [5.0, 30, 44, 47.5, 88, 100, 176, 181, 500, 1e6] {
                let value = function.value(.interpolated, eta: eta, pt: pt)
                #expect(value == residual.constant(eta: eta, pt: pt) ?? 1, "\(eta) \(pt)")
            }
        }
    }

    @Test func bothFormsAgreeAtTheMeanOfABin() {
        let calibration = function.calibration
        for (row, means) in calibration.ptMean.enumerated() {
            for (column, mean) in means.enumerated() {
                guard let mean, let constant = calibration.constants[row][column] else { continue }
                let eta = calibration.binning.eta.centre(row)
                #expect(function.value(.interpolated, eta: eta, pt: mean) == constant)
                #expect(function.value(.binned, eta: eta, pt: mean) == constant)
            }
        }
    }

    @Test(arguments: CalibrationFunction.Form.allCases)
    func itIsOneWhereThereIsNoJet(form: CalibrationFunction.Form) {
        for pt in [-Double.infinity, -1, -.leastNonzeroMagnitude, CalibrationFunction.ptLimit, .infinity, .nan] {
            #expect(function.value(form, eta: 1, pt: pt) == 1)
        }
        for eta in [-Double.infinity, (-2.5).nextDown, 2.5, .infinity, .nan] {
            #expect(function.value(form, eta: eta, pt: 80) == 1)
        }
        #expect(function.value(form, eta: -2, pt: 80) == 1, "a bin of eta without constants")
        #expect(function.value(form, eta: 2.5.nextDown, pt: 80) != 1)
        #expect(function.value(form, eta: 1, pt: 0) == function.value(form, eta: 1, pt: 30))
    }

    @Test func aBinWithoutAConstantHasThatOfTheNearest() {
        #expect(function.sources[0] == [.absent, .absent, .absent])
        #expect(function.sources[1] == [.neighbour, .own, .own])
        #expect(function.sources[3] == [.own, .own, .extrapolated])
        #expect(function.constant(etaBin: 1, ptBin: 0, .nominal) == function.constant(etaBin: 1, ptBin: 1, .nominal))
        // Both neighbours are as near: the lower one.
        #expect(function.constant(etaBin: 4, ptBin: 1, .nominal) == function.constant(etaBin: 4, ptBin: 0, .nominal))
        #expect(function.constant(etaBin: 5, ptBin: 2, .nominal) == function.constant(etaBin: 5, ptBin: 1, .nominal))
    }

    @Test func variationsAreOneStandardDeviation() throws {
        for form in CalibrationFunction.Form.allCases {
            let up = function.value(form, eta: 1, pt: 44 + 4, .statisticalUp)
            let nominal = function.value(form, eta: 1, pt: 44 + 4)
            let down = function.value(form, eta: 1, pt: 44 + 4, .statisticalDown)
            let uncertainty = try #require(function.calibration.uncertainty(eta: 4, pt: 0))
            #expect(uncertainty > 0)
            #expect(abs(up - nominal - uncertainty) < 1e-15 && abs(nominal - down - uncertainty) < 1e-15)
        }
    }
}
