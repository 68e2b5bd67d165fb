import DetectorModel
import Foundation
import Testing

/// The same numbers in every run; multiplier and increment of MMIX (Knuth, TAOCP 2, 3.3.4).
private struct Knuth: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        // The lower bits of a word repeat soon.
        var word: UInt64 = 0
        for _ in 0..<2 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            word = word << 32 | state >> 32
        }
        return word
    }
}

struct FormulaTests {
    /// x and y are 3 and 5.
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let value: Double

        init(_ text: String, _ value: Double) { (testDescription, self.value) = (text, value) }
    }

    private static func isNear(_ one: Double, _ other: Double) -> Bool {
        abs(one - other) <= 1e-14 * max(abs(one), abs(other), 1e-3)
    }

    @Test(arguments: [
        Case("1+2*3", 7), Case("(1+2)*3", 9), Case("2*3+1", 7), Case("10-4-3", 3), Case("100/10/5", 2),
        Case("2^3^2", 512), Case("2**3**2", 512), Case("(2^3)^2", 64), Case("-2^2", -4), Case("(-2)^2", 4),
        Case("2^-1", 0.5), Case("2^-2^2", 0.0625), Case("-2*-3", 6), Case("--2", 2), Case("+-+2", -2),
        Case("2*3^2", 18), Case("12/2*3", 18), Case("1-2+3", 2), Case("1 - -1", 2), Case("- 3 + 1", -2),
        Case("1+2<4", 1), Case("1<2+0", 1), Case("3<=3", 1), Case("3>3", 0), Case("3>=3.5", 0), Case("x==3", 1),
        Case("x!=3", 0), Case("1<2&&3<2", 0), Case("1<2||3<2", 1), Case("0||1&&0", 0), Case("1||1&&0", 1),
        Case("!0", 1), Case("!x", 0), Case("!(x<2)", 1), Case("!x==0", 1), Case("(x<5)*2", 2), Case("2*x<y&&1", 0),
        Case("(1<2)<2", 1), Case("1<2 && 2<3 && 3<4", 1), Case("-x^2", -9), Case("y-x^2/3", 2), Case("0.5||0", 1),
    ])
    func operatorsBindAsInROOT(formula: Case) throws {
        let value = try Formula(formula.testDescription, variables: ["x", "y"]).value(3, 5)
        #expect(Self.isNear(value, formula.value), "\(value)")
    }

    @Test(arguments: [
        Case(".5", 0.5), Case("1.", 1), Case("1.e2", 100), Case("1e-3", 0.001), Case("1E+3", 1000), Case("2.5e0", 2.5),
        Case("0", 0), Case("0.0e9", 0), Case("007", 7), Case("1.7976931348623157e308", .greatestFiniteMagnitude),
        Case("5e-324", Double.leastNonzeroMagnitude),
    ])
    func numbersAreWhatTheySay(formula: Case) throws {
        #expect(try Formula(formula.testDescription, variables: []).value(0) == formula.value)
    }

    /// At 3.5; the numbers are of another program.
    @Test(arguments: [
        Case("abs(-x)", 3.5), Case("fabs(-x)", 3.5), Case("TMath::Abs(-x)", 3.5), Case("sqrt(x)", 1.8708286933869707),
        Case("log(x)", 1.252762968495368), Case("ln(x)", 1.252762968495368), Case("TMath::Log(x)", 1.252762968495368),
        Case("log10(x)", 0.5440680443502757), Case("TMath::Log10(x)", 0.5440680443502757),
        Case("log2(x)", 1.8073549220576042), Case("exp(x)", 33.11545195869231), Case("std::exp(x)", 33.11545195869231),
        Case("TMath::Exp(x)", 33.11545195869231), Case("pow(x,1.7)", 8.41231788372342),
        Case("TMath::Power(x, 1.7)", 8.41231788372342), Case("x^1.7", 8.41231788372342), Case("min(x,2)", 2),
        Case("TMath::Min(x,4)", 3.5), Case("max(x,4)", 4), Case("TMath::Max(x,2)", 3.5), Case("std::max(2,x)", 3.5),
        Case("cosh(x)", 16.572824671057315), Case("sinh(x)", 16.542627287634996),
        Case("tanh(x/10)", 0.3363755443363322),
        Case("cos(x)", -0.9364566872907963), Case("sin(x)", -0.35078322768961984), Case("tan(x)", 0.3745856401585947),
        Case("acosh(x)", 1.9248473002384139),
        Case("asinh(x)", 1.9657204716496515),
        Case("atanh(x/10)", 0.36544375427139614),
        Case("acos(x/10)", 1.2132252231493863),
        Case("asin(x/10)", 0.35757110364551026),
        Case("atan(x)", 1.2924966677897853),
        Case("atan2(x,-2)", 2.0899424410414196),
        Case("TMath::ATan2(2, x)", 0.5191461142465229),
        Case("erf(x/10)", 0.3793820535623103), Case("pi", .pi), Case("TMath::Pi()", .pi),
        Case("TMath::Pi*x", 3.5 * .pi),
        Case("TMath::Sqrt(std::abs(-4))", 2),
    ])
    func functionsAreThoseOfMathematics(formula: Case) throws {
        let value = try Formula(formula.testDescription, variables: ["x"]).value(3.5)
        #expect(Self.isNear(value, formula.value), "\(value)")
    }

    @Test(arguments: [(0.5, 45, 7.857480512225277), (1.3, 45, 7.857480512225277), (-2.2, 80, 17.977764043395386)])
    func formulasOfDelphesWork(eta: Double, pt: Double, expected: Double) throws {
        let formula = try Formula(
            """
            (abs(eta) <= 1.3) * sqrt(pt^2*0.06^2 + pt*1.1^2) +
              (abs(eta) > 1.3 && abs(eta) <= 4.9) * sqrt(pt^2*0.10^2 + pt*1.8^2)
            """, variables: ["eta", "pt", "energy"])
        #expect(Self.isNear(formula.value(eta, pt), expected))
        #expect(formula.value(4.95, pt) == 0)
        #expect(try Formula("energy/pt", variables: ["eta", "pt", "energy"]).value(1, 20, 50) == 2.5)
    }

    /// The residual of a public file of CMS, with its parameters.
    @Test(arguments: [(20, 1.281064952287988), (50, 1.5649680441626097), (400, 1.7424758946167465)])
    func formulasOfCMSWork(pt: Double, expected: Double) throws {
        let text =
            "[2]*([3]*([4]+TMath::Log(max([0],min([1],x)))*([5]+TMath::Log(max([0],min([1],x)))*[6])+[7]/x))"
        let parameters = [30, 70, 0.995827, 1, 0.4302, 0.314141, -0.000254, -4.18568]
        let formula = try Formula(text, variables: ["x"], parameters: parameters)
        #expect(formula.parameterCount == 8)
        #expect(Self.isNear(formula.value(pt), expected))
        let rewritten = try Formula(formula.rewritten(["x": "pt + 0"]), variables: ["pt"])
        #expect(rewritten.parameterCount == 0 && rewritten.value(pt) == formula.value(pt))
        let others = try Formula(text, variables: ["x"], parameters: [Double](repeating: 2, count: 9))
        #expect(others.with(parameters: parameters).value(pt) == formula.value(pt))
    }

    @Test func whatIsPutInStaysOneOperand() throws {
        let formula = try Formula("-x^[0]*2 - y", variables: ["x", "y"], parameters: [-2])
        let text = formula.rewritten(["x": "a + 1"])
        #expect(text == "-(a + 1)^(-2.0)*2 - y")
        #expect(try Formula(text, variables: ["a", "y"]).value(3, 5) == formula.value(4, 5))
    }

    @Test func fourVariablesAndTheTextAreKept() throws {
        let formula = try Formula(" x + 10*y + 100 * z+1000*t ", variables: ["x", "y", "z", "t"])
        #expect(formula.value(1, 2, 3, 4) == 4321 && formula.text == " x + 10*y + 100 * z+1000*t ")
    }

    @Test func whatIsNoNumberIsNotHidden() throws {
        for text in ["0/0", "log(-1)", "sqrt(-1)", "max(0/0, 1)", "min(1, 0/0)", "(-8)^(1/3)"] {
            #expect(try Formula(text, variables: []).value(0).isNaN, "\(text)")
        }
        #expect(try Formula("1/x", variables: ["x"]).value(0) == .infinity)
    }

    struct Fault: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let column: Int
        let problem: String

        init(_ text: String, _ column: Int, _ problem: String) {
            (testDescription, self.column, self.problem) = (text, column, problem)
        }
    }

    @Test(arguments: [
        Fault("", 1, "empty"), Fault("  ", 1, "empty"), Fault("1+", 3, "ends too early"),
        Fault("*2", 1, "missing before '*'"),
        Fault("1+*2", 3, "missing before '*'"), Fault("(1+2", 1, "not closed"), Fault("1+2)", 4, "closes nothing"),
        Fault("()", 2, "missing before ')'"), Fault("1 2", 3, "operator is missing"),
        Fault("x y", 3, "operator is missing"),
        Fault("2x", 2, "followed by 'x'"), Fault("1.2.3", 4, "followed by '.'"), Fault("1e", 1, "without an exponent"),
        Fault("x+1e+", 3, "without an exponent"), Fault("1e400", 1, "too large"), Fault("1e-400", 1, "too small"),
        Fault("foo", 1, "'foo' is not known"), Fault("1+system(1)", 3, "'system' is not known"),
        Fault("eta", 1, "'eta' is not known"), Fault("TMath::Gaus(x)", 1, "not known"),
        Fault("std::TMath(x)", 1, "not known"),
        Fault("sqrt", 5, "no arguments"), Fault("sqrt 2", 6, "no arguments"), Fault("sqrt()", 6, "missing"),
        Fault("sqrt(1,2)", 7, "too many"), Fault("pow(2)", 6, "1 of its 2"), Fault("pow(2,3,4)", 8, "too many"),
        Fault("max(1,2", 4, "not closed"), Fault("sqrt(2 3)", 8, "missing before '3'"), Fault("[0]", 1, "no parameter"),
        Fault("x+[x]", 3, "begin a parameter"), Fault("[0", 1, "begin a parameter"),
        Fault("[100]", 1, "begin a parameter"),
        Fault("x = 3", 3, "single '='"), Fault("x & 1", 3, "single '&'"), Fault("x | 1", 3, "single '|'"),
        Fault("1 < x < 3", 7, "do not chain"), Fault("1 == x == 3", 8, "do not chain"), Fault("x; 1", 2, "no place"),
        Fault("`x`", 1, "no place"), Fault("\"x\"", 1, "no place"), Fault("x ? 1 : 2", 3, "no place"),
        Fault("x % 2", 3, "no place"), Fault("1 − x", 3, "ASCII"), Fault("|η|", 1, "single '|'"),
        Fault("x,1", 2, "operator"),
        Fault("x\u{0}", 2, "ASCII"), Fault(".", 1, "no place"), Fault("x.y", 2, "no place"),
        Fault("2 ^", 4, "too early"),
    ])
    func mistakesAreToldWithTheirColumn(fault: Fault) {
        let error = #expect(throws: FormulaError.self) {
            _ = try Formula(fault.testDescription, variables: ["x", "y"])
        }
        #expect(
            error?.column == fault.column && error?.problem.contains(fault.problem) == true, "\(error.debugDescription)"
        )
        #expect(error?.remedy.isEmpty == false)
    }

    @Test func sizesAreBounded() throws {
        func problem(_ text: String) -> String {
            do {
                _ = try Formula(text, variables: ["x"])
                return ""
            } catch { return error.problem }
        }
        func nested(_ count: Int) -> String {
            String(repeating: "(", count: count) + "x" + String(repeating: ")", count: count)
        }
        #expect(problem(nested(64)) == "" && problem(nested(65)).contains("nested"))
        #expect(problem(String(repeating: "-", count: 64) + "x") == "")
        for text in ["-", "!", "2^", "abs(", "max(1,"] {
            #expect(problem(String(repeating: text, count: 65) + "x").contains("nested"), "\(text)")
        }
        // As many numbers and signs as there may be.
        #expect(problem("x" + String(repeating: "+x", count: 255)) == "")
        #expect(problem("x" + String(repeating: "+x", count: 256)).contains("more than 512"))
        #expect(problem("x" + String(repeating: " ", count: 4095)) == "")
        #expect(problem("x" + String(repeating: " ", count: 4096)).contains("4097 bytes"))
        for sign in ["(", ")", "-", "x", "1", "[", "^", "sqrt(", "x+"] {
            #expect(problem(String(repeating: sign, count: 100_000)) != "", "\(sign)")
        }
        #expect(problem(String(repeating: "(", count: 4096)).contains("nested"))
    }

    @Test func anyBytesAreReadOrRefused() {
        var random = Knuth(state: 1)
        let words = [
            "x", "(", ")", "+", "-", "*", "/", "^", "<", "=", "&&", "||", "!", "[0]", "1", ".5", "1e3", "max(", "sqrt(",
            ",",
            " ", "pi", "TMath::", "é", "\u{0}",
        ]
        var accepted = 0
        for round in 0..<20_000 {
            let count = Int.random(in: 0..<12, using: &random)
            let text =
                round % 2 == 0
                ? (0..<count).map { _ in words.randomElement(using: &random) ?? "" }.joined()
                : String(
                    decoding: (0..<count * 4).map { _ in UInt8.random(in: 0...255, using: &random) }, as: UTF8.self)
            guard let formula = try? Formula(text, variables: ["x"], parameters: [2]) else { continue }
            accepted += 1
            let value = formula.value(3)
            let again = try? Formula(formula.rewritten(["x": "pt"]), variables: ["pt"])
            #expect(again.map { $0.value(3) == value || value.isNaN } == true, "\(text)")
        }
        #expect(accepted > 100)
    }
}
