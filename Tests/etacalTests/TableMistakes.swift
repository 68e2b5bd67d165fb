import Foundation

/// What can be wrong with a table of events.
extension Mistake {
    static let inEvents: [Mistake] = inHeaders + inRows + inNumbers + atTheEnd

    private static func events(_ name: String, _ old: String, _ new: String, at place: String, _ problem: String)
        -> Mistake
    {
        Mistake(name, in: Sample.events, (old, new), at: place, problem)
    }

    private static let inHeaders =
        ["pt1", "eta1", "phi1", "pt2", "eta2", "phi2"].map { column in
            events(
                "no column \(column)", ",\(column),", ",other,", at: ":1", "the column '\(column)' is missing")
        } + [
            events("a column twice", ",true_pt3", ",pt1", at: ":1", "the column 'pt1' stands there twice"),
            events("an unknown column twice", "weight,pt1", "note,note,pt1", at: ":1", "'note' stands there twice"),
            Mistake(
                "another separator", text: Sample.events.replacingOccurrences(of: ",", with: ";"), at: ":1",
                "is missing"),
            Mistake(
                "no header", text: "0,0,1,104.5,0.25,0.1,98.5,-0.5,3.1,,,,100,0.25,99,-0.5,,\n", at: ":1", "column"),
        ]

    private static let inRows = [
        events(
            "a short row", "0.5,95,2.75,94,1.125,12,-3", "0.5,95,2.75,94,1.125,12", at: ":3",
            "17 fields, the header has 18"),
        events(
            "a long row", "0.5,95,2.75,94,1.125,12,-3", "0.5,95,2.75,94,1.125,12,-3,4", at: ":3",
            "19 fields, the header has 18"),
        events("a row of one field", "1,0,1,93.25", "1\n1,0,1,93.25", at: ":3", "1 fields, the header has 18"),
        events("a file cut within a row", ",208,-0.75,204,-1.5,,\n", ",208", at: ":4", "13 fields, the header has 18"),
    ]

    private static func leadingPt(_ word: String, _ problem: String) -> Mistake {
        events("a pT of \(word)", "93.25", word, at: ":3", problem)
    }

    private static let inNumbers =
        ["abc", "93.25x", "9 3", "--93", "inf", "-inf", "1e999", "infinity"].map {
            leadingPt($0, "column 'pt1' holds '\($0)'")
        } + [
            leadingPt("1e300", "jet 1 has pT 1e+300"), leadingPt("-93.25", "jet 1 has pT -93.25"),
            leadingPt("1e7", "jet 1 has pT"),
            events("a third jet of negative pT", "12.5", "-12.5", at: ":3", "jet 3 has pT -12.5"),
            events("a jet without η", "104.5,0.25", "104.5,", at: ":2", "jet 1 has pT 104.5"),
            events("a jet without φ", ",3.1,", ",,", at: ":2", "jet 2 has pT 98.5"),
            events("an η of 1e300", "104.5,0.25", "104.5,1e300", at: ":2", "jet 1 has pT 104.5"),
            events("an angle in degrees", ",3.1,", ",177.6,", at: ":2", "jet 2 has pT 98.5"),
            events("an infinite weight", ",0.5,210.5", ",inf,210.5", at: ":4", "column 'weight' holds 'inf'"),
            events("text as a weight", ",0.5,210.5", ",heavy,210.5", at: ":4", "column 'weight' holds 'heavy'"),
            events("a negative slice", "2,1,0.5", "2,-1,0.5", at: ":4", "the slice is -1"),
            events("a broken slice", "2,1,0.5", "2,1.5,0.5", at: ":4", "the slice is 1.5"),
            events("a slice far out", "2,1,0.5", "2,1e9,0.5", at: ":4", "the slice is"),
            events("a negative event number", "2,1,0.5", "-2,1,0.5", at: ":4", "the event number is -2"),
            events("text as an event number", "2,1,0.5", "two,1,0.5", at: ":4", "column 'event' holds 'two'"),
        ]

    private static let atTheEnd = [
        Mistake("an empty file", text: "", at: "", "the file is empty"),
        Mistake(
            "a header alone", text: String(Sample.events.prefix { $0 != "\n" }) + "\n", at: "", "there are no events"),
        Mistake(
            "a header without a line end", text: String(Sample.events.prefix { $0 != "\n" }), at: "",
            "there are no events"),
        Mistake(
            "weights of zero",
            text: Sample.events.replacingOccurrences(of: "0,0,1,", with: "0,0,0,")
                .replacingOccurrences(of: "1,0,1,", with: "1,0,0,").replacingOccurrences(
                    of: "2,1,0.5,", with: "2,1,0,"),
            at: "", "all weights are zero"),
    ]
}
