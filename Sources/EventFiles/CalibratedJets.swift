#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif
internal import JetPhysics

/// Which columns of a table change with the calibration of its jets, as places in the list of all columns.
struct CalibratedColumns {
    /// By their number in the table.
    let jets: [Jet]
    let missing: (x: Int, y: Int)?

    struct Jet {
        let pt: Int
        let eta: Int
        let phi: Int?
        /// What the calibration goes by, where it is there.
        let detectorEta: Int?
        /// All that move with the jet: those and every other that all jets have.
        let all: [Int]
    }

    init(_ names: [String]) {
        let present = (1...ReconstructedBlock.jetCount).filter {
            names.contains("pt\($0)") && names.contains("eta\($0)")
        }
        let stems = names.compactMap { name -> String? in
            guard let digit = name.last, digit == "1" else { return nil }
            return String(name.dropLast())
        }.filter { stem in present.allSatisfy { names.contains("\(stem)\($0)") } }
        jets = present.compactMap { jet in
            guard let pt = names.firstIndex(of: "pt\(jet)"), let eta = names.firstIndex(of: "eta\(jet)") else {
                return nil
            }
            return Jet(
                pt: pt, eta: eta, phi: names.firstIndex(of: "phi\(jet)"),
                detectorEta: names.firstIndex(of: "det_eta\(jet)"),
                all: stems.compactMap { names.firstIndex(of: "\($0)\(jet)") })
        }
        if let x = names.firstIndex(of: "met_x"), let y = names.firstIndex(of: "met_y") {
            missing = (x, y)
        } else {
            missing = nil
        }
    }

    /// What comes of a row.
    struct Row {
        /// New values by the place of their column, before jets move.
        var changes: [(column: Int, value: Double)] = []
        /// For each rank which of the jets has it.
        var order: [Int] = []
    }

    /// - Parameter value: of a column; NaN where it is absent.
    func calibrated(_ calibrate: (_ eta: Double, _ pt: Double) -> Double, _ value: (_ column: Int) -> Double) -> Row {
        var row = Row()
        var momenta: [Double] = []
        // Of the sum of the jets: the missing momentum is minus that, and the soft term stays.
        var change = (x: 0.0, y: 0.0)
        for jet in jets {
            let pt = value(jet.pt)
            let seen = jet.detectorEta.map(value) ?? .nan
            let eta = seen.isNaN ? value(jet.eta) : seen
            guard pt > 0, !eta.isNaN else {
                momenta.append(0)
                continue
            }
            let calibrated = calibrate(eta, pt)
            momenta.append(calibrated)
            row.changes.append((jet.pt, calibrated))
            guard let phi = jet.phi.map(value), !phi.isNaN else { continue }
            change.x += (calibrated - pt) * cos(phi)
            change.y += (calibrated - pt) * sin(phi)
        }
        if let missing {
            let (x, y) = (value(missing.x), value(missing.y))
            if !x.isNaN, !y.isNaN { row.changes += [(missing.x, x - change.x), (missing.y, y - change.y)] }
        }
        row.order = momenta.indices.sorted { (momenta[$0], $1) > (momenta[$1], $0) }
        return row
    }
}
