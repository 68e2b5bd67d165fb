import Foundation
import Testing

/// Valid inputs that the tests break in one place each.
enum Sample {
    static let card = """
        schema: etacal.detector/1
        name: toy
        summary: A detector for tests.
        acceptance: {abs_eta_max: 5.2}
        response:
          eta: absolute
          transition: 0.05
          regions:
            - {eta: [0, 1.3], value: 0.95}
            - {eta: [1.3, 5.2], pt: [30, 100, 300], values: [0.85, 0.9, 0.92]}
          cracks:
            - {eta: 1.4, width: 0.05, depth: 0.1}
        resolution:
          eta: absolute
          regions:
            - {eta: [0, 3], n: 3.0, s: 0.8, c: 0.04, d: -1}
            - {eta: [3, 5.2], n: 4.0, s: 0.6, c: 0.05, d: -1}
        pseudo_data:
          resolution_scale: 1.1
          response:
            eta: signed
            regions:
              - {eta: [-5.2, -1.3], value: 1.02}
              - {eta: [-1.3, 1.3], value: 1.0}
              - {eta: [1.3, 5.2], value: 0.97}

        """

    static let selection = """
        schema: etacal.selection/1
        delta_phi_min: 2.7
        alpha_max: 0.3
        third_jet_floor: 5
        abs_eta_max: 5.2

        """

    /// Wide bins, so that small samples fill them.
    static let binning = """
        schema: etacal.binning/1
        eta_edges: [-4.5, -2.5, -1.3, -0.8, 0, 0.8, 1.3, 2.5, 4.5]
        pt_edges: [40, 80, 160, 320]
        reference_abs_eta_max: 0.8
        quoted_pt_min: 80

        """

    static let events = """
        event,slice,weight,pt1,eta1,phi1,pt2,eta2,phi2,pt3,eta3,phi3,true_pt1,true_eta1,true_pt2,true_eta2,true_pt3,true_eta3
        0,0,1,104.5,0.25,0.1,98.5,-0.5,3.1,,,,100,0.25,99,-0.5,,
        1,0,1,93.25,2.75,-1.5,91.5,1.125,1.6,12.5,-3,0.5,95,2.75,94,1.125,12,-3
        2,1,0.5,210.5,-0.75,2.5,205.25,-1.5,-0.6,,,,208,-0.75,204,-1.5,,

        """

    static let truthEvents = """
        slice,event,pt1,eta1,phi1,flavour1,pt2,eta2,phi2,flavour2,pt3,eta3,phi3,flavour3
        0,0,72.5,0.25,0.1,21,70.5,-0.5,3.1,1,,,,
        0,1,81.0,1.75,-1.5,2,79.5,0.125,1.6,21,12.5,-3,0.5,21
        0,2,95.5,-2.75,2.5,21,93.0,1.5,-0.6,21,,,,
        1,0,130.5,0.75,-2.5,21,128.0,-1.25,0.7,3,,,,
        1,1,151.0,-0.5,0.5,4,148.5,2.5,-2.6,21,20.5,0.25,1.5,21
        1,2,181.0,-1.5,1.5,5,178.5,0.5,-1.7,21,,,,

        """

    static let crossSections = """
        slice,pthat_min_GeV,pthat_max_GeV,sigma_pb
        0,60,120,1.0e7
        1,120,250,5.7e5

        """

    static let triggers = """
        schema: etacal.triggers/1
        triggers:
          - {name: jet40, pt_avg_min: 55, prescale: 1e5}
          - {name: jet80, pt_avg_min: 100, prescale: 1000}
          - {name: jet450, pt_avg_min: 700, prescale: 1}

        """

    /// Up quarks and gluons on the fewest knots that are allowed.
    static let partonGrid = """
        PdfType: central
        Format: lhagrid1
        ---
        1e-5 1e-1 1
        10 10000
        2 21
        2.0 10.0
        2.5 15.0
        3.0 20.0
        3.5 25.0
        0 0
        0 0
        ---

        """
}

/// Samples, constants and closure of one small study, made once; its files are only read.
struct SmallStudy {
    static let shared = Result { try SmallStudy() }

    static let events = "--detector uniform --events 400k"
    static let binning = "--binning binning.yaml"

    let workplace: Workplace
    let closureSummary: String
    let fitSummary: String

    private init() throws {
        workplace = try Workplace()
        try workplace.write(Sample.binning, to: "binning.yaml")
        closureSummary = try workplace.succeed(
            "closure \(Self.events) \(Self.binning) --tolerance 0.5 --json --threads 2 -o run")
        try workplace.succeed("simulate \(Self.events) --quiet -o mc.csv")
        try workplace.succeed("simulate \(Self.events) --pseudo-data --quiet -o data.csv.gz")
        fitSummary = try workplace.succeed("fit data.csv.gz --mc mc.csv \(Self.binning) --json -o calibration.json")
        try workplace.succeed("simulate --detector uniform --events 2k --quiet -o small.csv.gz")
        var plain = try workplace.json("calibration.json")
        plain["mc_truth"].value = NSNull()
        try workplace.write(plain.data, to: "plain.json")
    }

    func path(_ name: String) -> String { workplace.path(name) }

    static var closure: String { get throws { try shared.get().path("run/closure.json") } }

    static var calibration: String { get throws { try shared.get().path("calibration.json") } }

    /// The same without a scale, the inversion of which takes most of the time of a small `apply`.
    static var plainCalibration: String { get throws { try shared.get().path("plain.json") } }
}
