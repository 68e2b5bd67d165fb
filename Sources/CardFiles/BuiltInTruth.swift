public import DijetGeneration

extension QCDDijets {
    /// The built-in truth with everything at its default: lowest-order QCD at √s = 13 TeV.
    public static let builtIn: QCDDijets = {
        guard
            let truth = try? QCDDijets(
                HardProcess(density: .builtIn, sqrtS: 13000), radiation: RadiationTune.builtIn.model)
        else { preconditionFailure("the built-in truth can be integrated") }
        return truth
    }()
}
