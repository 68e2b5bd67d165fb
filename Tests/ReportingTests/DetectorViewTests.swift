import Balance
import Binning
import CardFiles
import DetectorModel
import Foundation
import Reporting
import Testing

/// Views of detector cards: those that a card has are drawn and say what the card says, the others are refused.
struct DetectorViewTests {
    private static let label = FigureLabel(sample: "a \"card\" of `echo` {x_y}", selection: "R = 0.4")

    /// More triggers than a figure shows, with long names; two begin at once, some have no turn-on.
    private static let triggers = Result {
        let central = (1...9).map { step -> TriggerMenu.Trigger in
            let turnOn = TriggerMenu.TurnOn(threshold: 25 * Double(step), width: 0.1)
            return TriggerMenu.Trigger(
                name: "HLT_DiPFJetAve\(25 * step)_v7_of_the_\(step)th_kind",
                ptAverageMinimum: turnOn.ptAverage(efficiency: 0.99),
                prescale: pow(10, Double(9 - step)), turnOn: turnOn)
        }
        let forward = [60.0, 100, 160, 220].map {
            TriggerMenu.Trigger(name: "forward\($0)", ptAverageMinimum: $0, prescale: 300 / $0, region: .forward)
        }
        let binning = try BalanceBinning(
            eta: try Axis(edges: [-5.2, -2.853, -0.8, 0.8, 2.853, 5.2]),
            ptAverage: try Axis(edges: [30, 55, 100, 200, 400, 1000]),
            referenceAbsEtaMaximum: 0.8, quotedPtMinimum: 30)
        return TriggerAssignment(try TriggerMenu(central + forward), binning: binning)
    }

    /// The picture and the data of a view.
    private func draw(_ view: DetectorPicture.View, of card: DetectorCard) throws -> (Drawing, [[[Double?]]]) {
        let directory = try SmallRun.emptyDirectory()
        let figure = try DetectorPicture.figure(view, of: card, triggers: Self.triggers.get(), Self.label)
        try #require(try FigureWriter.write([figure], to: directory) == .drawn)
        #expect(figure.caption.count > 40 && figure.caption.hasSuffix("."))
        let path = "\(directory)/\(figure.name)"
        for (ending, start) in [("png", [0x89, 0x50, 0x4e, 0x47]), ("pdf", Array("%PDF".utf8))] {
            let data = try #require(FileManager.default.contents(atPath: "\(path).\(ending)"))
            #expect(data.count > 5000 && data.starts(with: start), "\(figure.name).\(ending)")
        }
        return (try Drawing("\(path).svg"), try SmallRun.blocks("\(path).dat"))
    }

    /// A card with all there is: modules and a veto over ±π, two modules that overlap, periods, three working points.
    private func fullCard() throws -> DetectorCard {
        let additions = [
            (
                "acceptance: {abs_eta_max: 5.2, pt_min: 5}",
                "acceptance: {abs_eta_max: 5.2, pt_min: 5, veto: [{eta: [-1.6, -1.1], phi: [2.7, -2.9]}]}"
            ),
            (
                "soft_terms:\n",
                """
                dead_modules:
                  - {eta: [0.2, 0.6], phi: [-1.2, -0.8], loss: 0.5}
                  - {eta: [-2.4, -1.9], phi: [2.9, -2.6], loss: 0.25}
                  - {eta: [0.4, 0.9], phi: [-1, -0.5], loss: 0.2}
                soft_terms:
                  - {name: a_rising, response: {pt: [5, 20, 80], values: [0.5, 0.8, 1.1]}, parallel: 0.4, noise: 4}

                """
            ),
            (
                "  mu: {mean: 34, width: 10}\n",
                "  mu: {mean: 36, width: 10}\n  dead_modules: [{eta: [-4.6, -3.4], phi: [-0.4, 0.9], loss: 0.9}]\n"
            ),
        ]
        let text = additions.reduce(try LoadedCard("cms-like").text) { text, addition in
            text.replacingOccurrences(of: addition.0, with: addition.1)
        }
        return try DetectorCard(yaml: text, file: "full.yaml")
    }

    @Test(arguments: LoadedCard.builtInNames) func builtInCardsAreDrawn(name: String) throws {
        let card = try LoadedCard(name).card
        let views = DetectorPicture.views(of: card)
        let all = DetectorPicture.View.allCases
        #expect(
            try DetectorPicture.views(of: card, triggers: Self.triggers.get())
                == all.filter { views.contains($0) || $0 == .triggers })
        #expect(views.starts(with: [.map, .profiles]))
        if name == "cms-like" { #expect(views + [.triggers] == all) }
        for view in views {
            let (drawing, blocks) = try draw(view, of: card)
            #expect(drawing.collisions == [], "\(name), \(view)")
            #expect(drawing.count(Self.label.sample) == 1 && drawing.count(Self.label.selection) == 1)
            for block in blocks { #expect(Set(block.map(\.count)).count == 1, "\(name), \(view)") }
        }
        for view in all where !views.contains(view) {
            #expect(throws: CardError.self) { try DetectorPicture.figure(view, of: card, Self.label) }
        }
    }

    @Test func aViewOfNothingSaysWhatItNeeds() throws {
        let text = try LoadedCard("uniform").text
        let card = try DetectorCard(yaml: text.components(separatedBy: "pseudo_data:")[0], file: "plain.yaml")
        let error = #expect(throws: CardError.self) {
            try DetectorPicture.write(card, view: .acceptance, to: "/nowhere/card.png", overwrite: false)
        }
        #expect(error?.problem == "the card has no 'dead_modules', 'acceptance.veto' or 'pile_up.jets' to draw")
        #expect(error?.remedy.contains("map or profiles") == true)
    }

    @Test(arguments: DetectorPicture.View.allCases) func everythingIsReadable(view: DetectorPicture.View) throws {
        let (drawing, _) = try draw(view, of: fullCard())
        #expect(drawing.collisions == [])
        #expect(!drawing.labels.contains { $0.text.contains("e+") })
    }

    @Test func turnOnsAreThoseOfTheMenuInTheDetector() throws {
        let card = try fullCard()
        let (drawing, blocks) = try draw(.triggers, of: card)
        let assignment = try Self.triggers.get()
        #expect(drawing.count("and 1 more") == 1 && drawing.count("99 %") == 0)
        #expect(blocks.map { $0[0].count } == [1 + 12, 1 + 2 * 12, 5])
        let turnOn = try #require(assignment.menu.triggers[3].turnOn)
        for row in blocks[0] {
            let pt = try #require(row[0])
            #expect(row[4] == turnOn.efficiency(ptAverage: pt))
            // One without a turn-on fires from where it is used on.
            #expect(row[11] == (pt > 100 ? 1 : 0))
        }
        // Half of the dijets fire where their mean pT is the threshold, each jet with the true pT that simulation would have measured as
        // data measure this one.
        func crossing(_ column: Int, _ share: Double) throws -> Double {
            try #require(blocks[1].first { ($0[column] ?? 0) > share }?[0])
        }
        let (central, forward) = (2 * 4 - 1, 2 * 4)
        let simulation = Detector(card, pseudoData: false)
        let data = Detector(card, pseudoData: true)
        func seen(_ pt: Double, _ eta: Double) -> Double {
            let raw = pt * data.response.value(eta: eta, pt: pt)
            var (low, high) = (0.5 * pt, 2 * pt)
            for _ in 0..<50 {
                let middle = 0.5 * (low + high)
                if middle * simulation.response.value(eta: eta, pt: middle) < raw {
                    low = middle
                } else {
                    high = middle
                }
            }
            return high
        }
        let step = blocks[1][1][0]! / blocks[1][0][0]!
        for (column, eta) in [(central, 0.3), (forward, 3.203)] {
            let half = try crossing(column, 0.5)
            let mean = [0.3, -0.3, eta, -eta].reduce(0) { $0 + 0.25 * seen(half, $1) }
            #expect(abs(log(mean / turnOn.threshold)) < log(step), "|eta| = \(eta)")
        }
        // In the detector it rises more slowly.
        let own = turnOn.ptAverage(efficiency: 0.9) / turnOn.ptAverage(efficiency: 0.5)
        let narrow = try crossing(central, 0.9) / crossing(central, 0.5)
        let wide = try crossing(forward, 0.9) / crossing(forward, 0.5)
        #expect(narrow > own * 1.01 && wide > own * 1.01)
        // Forward triggers do not look at two central jets.
        #expect(blocks[1].allSatisfy { $0[2 * 11 - 1] == nil && $0[2 * 11] != nil })
        for (bin, row) in blocks[2].enumerated() {
            #expect(
                row == [assignment.ptAverage.edges[bin], assignment.ptAverage.edges[bin + 1]]
                    + (0...2).map { assignment.weight(ptBin: bin, forwardJets: $0) })
        }
        #expect(blocks[2][0][2] == nil)
    }

    @Test func withoutAMenuThereAreNoTriggersToDraw() throws {
        let card = try fullCard()
        let error = #expect(throws: CardError.self) {
            try DetectorPicture.write(card, view: .triggers, to: "/nowhere/card.png", overwrite: false)
        }
        #expect(error?.problem == "there are no triggers to draw")
    }

    @Test func tailsAreThoseOfTheCard() throws {
        let card = try fullCard()
        let (drawing, blocks) = try draw(.tails, of: card)
        let tails = try #require(card.features.tails)
        #expect(drawing.count("1.3 < |η| < 2.5") == 2 && drawing.count("300 GeV") == 1)
        #expect(blocks.map { $0[0].count } == [2 + 2 * tails.regions.count, 2 + 2 * tails.regions.count])
        for row in blocks[0] {
            let (distance, density) = (try #require(row[0]), try #require(row[5]))
            #expect(abs(density - tails.shape(eta: 1.5, pt: 300).density(distance)) < 1e-12)
        }
        // Shares are integrals of densities: the sum over what is drawn, and a little beyond it.
        let step = 12.0 / Double(blocks[0].count - 1)
        let below = blocks[0].reduce(0) { $0 + ((($1[0] ?? 0) < -2.5 + step / 2 ? $1[2] : nil) ?? 0) * step }
        let share = try #require(blocks[1].first?[2])
        #expect(abs(below - share) < 0.05 * share)
    }

    @Test func modulesAreWhereTheyAre() throws {
        let card = try fullCard()
        let (drawing, blocks) = try draw(.acceptance, of: card)
        // The profile, one veto and one module over ±π, which are two each, and the overlap of two.
        #expect(blocks.map(\.count) == [801, 2, 5, 6])
        #expect(blocks[2].last == [0.4, 0.6, -1, -0.8, 1 - 0.5 * 0.8])
        for name in ["MC", "data"] { #expect(drawing.count(name) == 2) }
        for name in ["veto", "acceptance", "tracks", "jets of pile-up"] { #expect(drawing.count(name) == 1) }
        let place = try #require(blocks[0].first { abs(($0[0] ?? 0) + 4) < 0.01 })
        let left = try #require(place[4])
        #expect(place[2] == 1 && abs(left - (1 - 0.9 * 1.3 / (2 * Double.pi))) < 1e-9)
        let dead = try #require(blocks[0].first { abs(($0[0] ?? 0) - 0.3) < 0.007 })
        let (eta, response, share) = (try #require(dead[0]), try #require(dead[1]), try #require(dead[2]))
        #expect(share < 1 && abs(response - card.response.value(eta: eta, pt: 100) * share) < 1e-4)
    }

    @Test func softTermsAreThoseOfTheCard() throws {
        let card = try fullCard()
        let (drawing, blocks) = try draw(.softTerm, of: card)
        for term in card.features.softTerms { #expect(drawing.count(term.name) == 1) }
        let mu = try #require(card.features.pileUp?.profile.mean)
        for row in blocks[0] {
            let numbers = row.compactMap { $0 }
            try #require(numbers.count == row.count)
            let soft = numbers[0]
            for (index, term) in card.features.softTerms.enumerated() {
                let noise = term.noiseWidth(sumEt: term.energy + term.energyPerInteraction * mu)
                #expect(abs(numbers[3 * index + 1] - term.meanResponse(soft: soft)) < 1e-12)
                #expect(abs(numbers[3 * index + 2] - hypot(term.parallel * soft, noise)) < 1e-9)
                #expect(abs(numbers[3 * index + 3] - hypot(term.perpendicular * soft, noise)) < 1e-9)
            }
        }
        #expect((blocks[1].last?[0] ?? 0) >= 40)
    }

    @Test func jetsAreThoseOfTheCard() throws {
        let (drawing, blocks) = try draw(.jets, of: fullCard())
        #expect(drawing.panels.count == 4 && blocks.count == 4)
        for flavour in ["light", "charm", "bottom", "gluon"] { #expect(drawing.count(flavour) == 1) }
        // Both sides of the detector are mirrored: pulls and vertices change their signs.
        for block in blocks[2...] {
            for (row, mirrored) in zip(block, block.reversed()) {
                let (one, other) = (try #require(row[1]), try #require(mirrored[block == blocks[2] ? 1 : 2]))
                #expect(abs(one + other) < 1e-9)
            }
        }
    }

    @Test func interactionsAreThoseOfTheCard() throws {
        let card = try fullCard()
        let (drawing, blocks) = try draw(.pileUp, of: card)
        #expect(drawing.panels.count == 4)
        let (first, last) = (try #require(blocks[0].first?[0]), try #require(blocks[0].last?[0]))
        let step = (last - first) / Double(blocks[0].count - 1)
        for column in 1...2 {
            let integral = blocks[0].reduce(0) { $0 + ($1[column] ?? 0) * step }
            #expect(abs(integral - 1) < 1e-3)
        }
        let mean = blocks[1].dropLast().reduce(0) { $0 + ($1[1] ?? 0) } / Double(blocks[1].count - 1)
        #expect(abs(mean - 1) < 0.05)
        for row in blocks[2] {
            for place in stride(from: 1, to: row.count, by: 3) {
                let widths = row[place..<place + 3].compactMap { $0 }
                #expect(widths.count == 3 && widths == widths.sorted())
            }
        }
        let jets = try #require(card.features.pileUp?.jets)
        for row in blocks[3] {
            let (all, left) = (try #require(row[2]), try #require(row[5]))
            #expect(abs(left / all - jets.remainingShare) < 1e-9)
        }
    }
}
