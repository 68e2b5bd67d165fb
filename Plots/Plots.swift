/// The gnuplot templates of this folder, compiled in.
public enum Plots {
    /// What every figure starts with.
    public static let style: [UInt8] = PackageResources.style_gp

    /// Templates by the name of their figure.
    public static let templates: [String: [UInt8]] = [
        "asymmetry": PackageResources.asymmetry_gp,
        "bootstrap": PackageResources.bootstrap_gp,
        "closure-eta": PackageResources.closure_eta_gp,
        "closure-pt": PackageResources.closure_pt_gp,
        "comparison": PackageResources.comparison_gp,
        "constants-eta": PackageResources.constants_eta_gp,
        "constants-pt": PackageResources.constants_pt_gp,
        "correlation": PackageResources.correlation_gp,
        "detector-acceptance": PackageResources.detector_acceptance_gp,
        "detector-jets": PackageResources.detector_jets_gp,
        "detector-pile-up": PackageResources.detector_pile_up_gp,
        "detector-soft-term": PackageResources.detector_soft_term_gp,
        "detector-tails": PackageResources.detector_tails_gp,
        "events": PackageResources.events_gp,
        "extrapolation": PackageResources.extrapolation_gp,
        "flavour-composition": PackageResources.flavour_composition_gp,
        "flavour-response": PackageResources.flavour_response_gp,
        "pulls": PackageResources.pulls_gp,
        "resolution": PackageResources.resolution_gp,
        "response-map": PackageResources.response_map_gp,
        "response-profiles": PackageResources.response_profiles_gp,
        "smoothing": PackageResources.smoothing_gp,
        "spectrum": PackageResources.spectrum_gp,
        "tags-discriminant": PackageResources.tags_discriminant_gp,
        "tags-efficiency": PackageResources.tags_efficiency_gp,
        "tags-tracks": PackageResources.tags_tracks_gp,
        "toys-bias": PackageResources.toys_bias_gp,
        "toys-coverage": PackageResources.toys_coverage_gp,
        "toys-pulls": PackageResources.toys_pulls_gp,
        "toys-pulls-eta": PackageResources.toys_pulls_eta_gp,
        "triggers": PackageResources.triggers_gp,
    ].merging(validations.map { ("validation-\($0)", PackageResources.validation_gp) }) { own, _ in own }

    /// Figures of validations, which have one template.
    private static let validations = [
        "spectrum", "pt1", "pt2", "pt3", "mass", "eta1", "eta2", "eta3", "delta-eta", "delta-phi", "alpha", "asymmetry",
        "mean-asymmetry", "flavours-pt", "flavours-eta", "passing", "detector-response",
        "detector-width", "detector-tails", "detector-noise", "detector-mpf",
    ]

    /// The report of a run, a Mustache template, and its style sheet.
    public static let report: [UInt8] = PackageResources.report_mustache_html
    public static let reportStyle: [UInt8] = PackageResources.report_css
}
