internal import DetectorModel
internal import FileAccess
internal import JetCorrectorFiles

/// The resolution of a record: the terms of the usual formula, or its formula with the numbers put in.
struct CorrectorResolution {
    let record: JetCorrectorText.Record
    let file: String

    /// √([0]|[0]|/x² + [1]² x^[3] + [2]²), however it is spelt: it is known by its values at some points.
    var isUsual: Bool {
        guard record.formula.parameterCount == 4, record.formula.variables.count == 1 else { return false }
        let probes = [
            [3.1, 0.9, 0.05, -1.0], [-1.1, 0.7, 0.02, -0.8], [5.3, 0.31, 0.11, -0.21], [-0.4, -1.3, -0.07, -1.1],
        ]
        return probes.allSatisfy { parameters in
            let formula = record.formula.with(parameters: parameters)
            let terms = ResolutionForm.terms(
                noise: parameters[0], stochastic: parameters[1], constant: parameters[2], exponent: parameters[3])
            return [8.5, 47.3, 911].allSatisfy { pt in
                abs(formula.value(pt) / terms.value(eta: 0, pt: pt) - 1) < 1e-12
            }
        }
    }

    func form() throws(FileError) -> ResolutionForm {
        let parameters = record.formula.parameters
        if isUsual {
            return .terms(
                noise: parameters[0], stochastic: abs(parameters[1]), constant: abs(parameters[2]),
                exponent: parameters[3])
        }
        let range = record.ranges[0]
        let pt = "max(\(range.low), min(pt, \(range.high)))"
        do {
            return .formula(
                try Formula(record.formula.rewritten(["x": pt]), variables: Formula.cardVariables))
        } catch {
            throw record.error(file, "the formula with its numbers: \(error.problem)", error.remedy)
        }
    }
}
