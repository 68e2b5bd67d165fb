/// What people get wrong in detector cards.
extension Mistake {
    static let inCards: [Mistake] =
        unknownKeys + edges + numbers + structure + physics

    private static func card(_ name: String, _ old: String, _ new: String, at place: String, _ problem: String)
        -> Mistake
    {
        Mistake(name, in: Sample.card, (old, new), at: place, problem)
    }

    private static let unknownKeys = [
        card("unknown key", "summary:", "sumary:", at: ":3: sumary", "unknown key 'sumary'"),
        card(
            "unknown key in a section", "abs_eta_max", "eta_max", at: ":4: acceptance.eta_max", "unknown key 'eta_max'"),
        card(
            "unknown key in a region", "s: 0.6", "sigma: 0.6", at: ":17: resolution.regions.1.sigma",
            "unknown key 'sigma'"),
        card(
            "unknown key in a crack", "depth: 0.1", "deep: 0.1", at: ":12: response.cracks.0.deep", "unknown key 'deep'"
        ),
        card(
            "unknown key in the overlay", "resolution_scale", "scale", at: ":19: pseudo_data.scale",
            "unknown key 'scale'"),
    ]

    private static let edges = [
        card(
            "decreasing edges of a response region", "[1.3, 5.2], pt", "[5.2, 1.3], pt",
            at: ":10: response.regions.1.eta",
            "do not increase"),
        card(
            "an empty response region", "[1.3, 5.2], pt", "[1.3, 1.3], pt", at: ":10: response.regions.1.eta",
            "do not increase"),
        card(
            "decreasing edges of a resolution region", "[3, 5.2]", "[5.2, 3]", at: ":17: resolution.regions.1.eta",
            "do not increase"),
        card(
            "decreasing pT nodes", "[30, 100, 300]", "[30, 300, 100]", at: ":10: response.regions.1.pt.2",
            "not above the one before"),
        card(
            "equal pT nodes", "[30, 100, 300]", "[30, 30, 300]", at: ":10: response.regions.1.pt.1",
            "not above the one before"),
        card(
            "a gap between response regions", "[1.3, 5.2], pt", "[1.4, 5.2], pt", at: ":10: response.regions.1.eta",
            "gap between 1.3 and 1.4"),
        card(
            "a gap between resolution regions", "[0, 3]", "[0, 2.5]", at: ":17: resolution.regions.1.eta",
            "gap between 2.5 and 3.0"),
        card(
            "a gap in the overlay", "[-1.3, 1.3]", "[-1.2, 1.3]", at: ":24: pseudo_data.response.regions.1.eta",
            "gap between -1.3 and -1.2"),
        card(
            "overlapping regions", "[1.3, 5.2], pt", "[1.2, 5.2], pt", at: ":10: response.regions.1.eta", "overlap"),
        card(
            "a hole at the centre", "[0, 1.3]", "[0.1, 1.3]", at: ":9: response.regions.0.eta", "starts at 0.1"),
        card(
            "regions that end early", "[1.3, 5.2], pt", "[1.3, 4.7], pt", at: ":9: response.regions",
            "do not reach the acceptance"),
        card(
            "three edges", "[0, 1.3]", "[0, 1, 1.3]", at: ":9: response.regions.0.eta", "3 numbers for two edges"),
    ]

    private static let numbers =
        [".nan", ".NaN", "nan", "NaN", ".inf", "-.inf", "inf", "1e999"].map { word in
            card(
                "a response of \(word)", "value: 0.95", "value: \(word)", at: ":9: response.regions.0.value", "number")
        } + [
            card("NaN resolution", "s: 0.6", "s: .nan", at: ":17: resolution.regions.1.s", "'.nan' is not a number"),
            card("NaN edge", "[0, 1.3]", "[0, .nan]", at: ":9: response.regions.0.eta.1", "'.nan' is not a number"),
            card(
                "NaN pT node", "[30, 100, 300]", "[30, nan, 300]", at: ":10: response.regions.1.pt.1",
                "nan is not a finite number"),
            card("NaN acceptance", "5.2}\nresponse", "nan}\nresponse", at: ":4: acceptance.abs_eta_max", "finite"),
            card("NaN crack", "width: 0.05", "width: nan", at: ":12: response.cracks.0.width", "finite"),
            card(
                "NaN scale", "resolution_scale: 1.1", "resolution_scale: nan", at: ":19: pseudo_data.resolution_scale",
                "finite"),
            card("text for a number", "value: 0.95", "value: high", at: ":9: response.regions.0.value", "'high'"),
            card("nothing for a number", "s: 0.6", "s: ~", at: ":17: resolution.regions.1.s", "not a number"),
            card("a list for a number", "s: 0.6", "s: [0.6]", at: ":17: resolution.regions.1.s", "not a number"),
            card("a number for a list", "[30, 100, 300]", "30", at: ":10: response.regions.1.pt", "not a list"),
        ]

    private static let structure = [
        card("no name", "name: toy\n", "", at: ":1", "the key 'name' is missing"),
        card("no schema", "schema: etacal.detector/1\n", "", at: ":1", "the key 'schema' is missing"),
        card("no acceptance", "acceptance: {abs_eta_max: 5.2}\n", "", at: ":1", "the key 'acceptance' is missing"),
        card("no stochastic term", ", s: 0.6", "", at: ":17: resolution.regions.1", "the key 's' is missing"),
        card("no crack width", ", width: 0.05", "", at: ":12: response.cracks.0", "the key 'width' is missing"),
        card("another schema", "detector/1", "detector/3", at: ":1: schema", "'etacal.detector/3' is not known"),
        card("the schema of another file", "detector/1", "run/1", at: ":1: schema", "'etacal.run/1' is not known"),
        card(
            "a key that stands there twice", "name: toy\n", "name: toy\nname: tot\n", at: ":2",
            "the key name stands there twice"),
        card("a region's key that stands there twice", "s: 0.6", "s: 0.6, s: 0.5", at: ":17", "twice"),
        card("a list that does not end", "[0, 1.3]", "[0, 1.3", at: ":9", "expected ',' or ']'"),
        card(
            "a tab as indentation", "  regions:\n    - {eta: [0, 1.3]", "\tregions:\n    - {eta: [0, 1.3]", at: ":8",
            "tab character"),
        card("a line that belongs nowhere", "name: toy\n", "name: toy\nwhatever\n", at: ":4", "expected ':'"),
        card("no response", "value: 0.95", "pt: [30]", at: ":9: response.regions.0", "no single response"),
        card(
            "two responses", "value: 0.95", "value: 0.95, pt: [30], values: [1]", at: ":9: response.regions.0",
            "no single response"),
        card(
            "too few values", "[0.85, 0.9, 0.92]", "[0.85, 0.9]", at: ":10: response.regions.1.values",
            "2 values for 3 pT nodes"),
        card("an unknown way to give η", "eta: signed", "eta: both", at: ":21: pseudo_data.response.eta", "'both'"),
        Mistake("an empty file", text: "", at: "", "empty"),
        Mistake("only a comment", text: "# nothing here yet\n", at: "", "empty"),
        Mistake("only a word", text: "cms-like\n", at: ":1", "not a mapping"),
        Mistake("a list", text: "- schema: etacal.detector/1\n", at: ":1", "not a mapping"),
        Mistake("two documents", text: Sample.card + "---\n" + Sample.card, at: ":26", "another document"),
        Mistake(
            "no regions",
            text: """
                schema: etacal.detector/1
                name: toy
                acceptance: {abs_eta_max: 5.2}
                response: {eta: absolute, regions: []}
                resolution: {eta: absolute, regions: [{eta: [0, 5.2], n: 3, s: 0.8, c: 0.04}]}
                """, at: ":4: response.regions", "no regions"),
    ]

    private static let physics = [
        card("negative stochastic term", "s: 0.6", "s: -0.6", at: ":17: resolution.regions.1.s", "negative"),
        card("negative constant term", "c: 0.05", "c: -0.05", at: ":17: resolution.regions.1.c", "negative"),
        card(
            "a negative variance", "n: 4.0", "n: -40", at: ":17: resolution.regions.1",
            "the resolution is negative at pT = 8.0"),
        card("a resolution of 300 %", "c: 0.05", "c: 3", at: ":17: resolution.regions.1", "above 200 %"),
        card("a response of 95", "value: 0.95", "value: 95", at: ":9: response.regions.0.value", "95"),
        card("a response of 0", "value: 0.95", "value: 0", at: ":9: response.regions.0.value", "0.0"),
        card("a negative response", "0.9, 0.92]", "-0.9, 0.92]", at: ":10: response.regions.1.values.1", "-0.9"),
        card("a crack without end", "depth: 0.1", "depth: 1", at: ":12: response.cracks.0.depth", "out of range"),
        card("a crack that leaves nothing", "depth: 0.1", "depth: 0.99", at: ":6: response", "the response is 0.0"),
        card("a crack without width", "width: 0.05", "width: 0", at: ":12: response.cracks.0.width", "too small"),
        card(
            "a wide transition", "transition: 0.05", "transition: 0.7", at: ":7: response.transition", "does not fit"),
        card(
            "a negative transition", "transition: 0.05", "transition: -0.1", at: ":7: response.transition",
            "does not fit"),
        card("no acceptance at all", "5.2}\nresponse", "0}\nresponse", at: ":4: acceptance.abs_eta_max", "0.0"),
        card(
            "an overlay of resolution 0", "scale: 1.1", "scale: 0", at: ":19: pseudo_data.resolution_scale",
            "out of range"),
    ]
}
