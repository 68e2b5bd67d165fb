#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif

/// A step of a formula in postfix order: it puts an operand on the stack, or replaces one or two by a result.
enum FormulaStep: Sendable, Equatable {
    case number(Double)
    case variable(Int)
    case parameter(Int)
    case one(FormulaFunction)
    case two(FormulaOperation)
}

/// What is done to one number.
enum FormulaFunction: Sendable {
    case minus, not
    case absolute, squareRoot, naturalLogarithm, decimalLogarithm, binaryLogarithm, exponential
    case hyperbolicCosine, hyperbolicSine, hyperbolicTangent, cosine, sine, tangent, errorFunction
    case inverseHyperbolicCosine, inverseHyperbolicSine, inverseHyperbolicTangent, arcCosine, arcSine, arcTangent

    func value(_ x: Double) -> Double {
        switch self {
        case .minus: -x
        case .not: x == 0 ? 1 : 0
        case .absolute: x.magnitude
        case .squareRoot: x.squareRoot()
        case .naturalLogarithm: log(x)
        case .decimalLogarithm: log10(x)
        case .binaryLogarithm: log2(x)
        case .exponential: exp(x)
        case .hyperbolicCosine: cosh(x)
        case .hyperbolicSine: sinh(x)
        case .hyperbolicTangent: tanh(x)
        case .cosine: cos(x)
        case .sine: sin(x)
        case .tangent: tan(x)
        case .errorFunction: erf(x)
        case .inverseHyperbolicCosine: acosh(x)
        case .inverseHyperbolicSine: asinh(x)
        case .inverseHyperbolicTangent: atanh(x)
        case .arcCosine: acos(x)
        case .arcSine: asin(x)
        case .arcTangent: atan(x)
        }
    }

    /// The function of a name, `std::` taken away.
    static func named(_ name: String) -> FormulaFunction? {
        switch name {
        case "abs", "fabs", "TMath::Abs": .absolute
        case "sqrt", "TMath::Sqrt": .squareRoot
        case "log", "ln", "TMath::Log": .naturalLogarithm
        case "log10", "TMath::Log10": .decimalLogarithm
        case "log2", "TMath::Log2": .binaryLogarithm
        case "exp", "TMath::Exp": .exponential
        case "cosh", "TMath::CosH": .hyperbolicCosine
        case "sinh", "TMath::SinH": .hyperbolicSine
        case "tanh", "TMath::TanH": .hyperbolicTangent
        case "cos", "TMath::Cos": .cosine
        case "sin", "TMath::Sin": .sine
        case "tan", "TMath::Tan": .tangent
        case "erf", "TMath::Erf": .errorFunction
        case "acosh", "TMath::ACosH": .inverseHyperbolicCosine
        case "asinh", "TMath::ASinH": .inverseHyperbolicSine
        case "atanh", "TMath::ATanH": .inverseHyperbolicTangent
        case "acos", "TMath::ACos": .arcCosine
        case "asin", "TMath::ASin": .arcSine
        case "atan", "TMath::ATan": .arcTangent
        default: nil
        }
    }
}

/// What is done to two numbers.
enum FormulaOperation: Sendable {
    case add, subtract, multiply, divide, power
    case less, lessOrEqual, greater, greaterOrEqual, equal, notEqual, and, or
    case minimum, maximum
    /// The angle of a point whose coordinates are its second and its first operand.
    case arcTangent

    func value(_ a: Double, _ b: Double) -> Double {
        switch self {
        case .add: a + b
        case .subtract: a - b
        case .multiply: a * b
        case .divide: a / b
        case .power: pow(a, b)
        case .less: a < b ? 1 : 0
        case .lessOrEqual: a <= b ? 1 : 0
        case .greater: a > b ? 1 : 0
        case .greaterOrEqual: a >= b ? 1 : 0
        case .equal: a == b ? 1 : 0
        case .notEqual: a != b ? 1 : 0
        case .and: a != 0 && b != 0 ? 1 : 0
        case .or: a != 0 || b != 0 ? 1 : 0
        // What is not a number stays so, to be noticed.
        case .minimum: a.isNaN || b.isNaN ? .nan : min(a, b)
        case .maximum: a.isNaN || b.isNaN ? .nan : max(a, b)
        case .arcTangent: atan2(a, b)
        }
    }

    /// The function of a name, `std::` taken away.
    static func named(_ name: String) -> FormulaOperation? {
        switch name {
        case "pow", "TMath::Power": .power
        case "min", "TMath::Min": .minimum
        case "max", "TMath::Max": .maximum
        case "atan2", "TMath::ATan2": .arcTangent
        default: nil
        }
    }

    /// The operator of a sign and how tightly it binds; a power binds tighter than all of these.
    static func binary(_ sign: String) -> (operation: FormulaOperation, strength: Int)? {
        switch sign {
        case "||": (.or, 1)
        case "&&": (.and, 2)
        case "==": (.equal, comparing)
        case "!=": (.notEqual, comparing)
        case "<": (.less, comparing)
        case "<=": (.lessOrEqual, comparing)
        case ">": (.greater, comparing)
        case ">=": (.greaterOrEqual, comparing)
        case "+": (.add, 4)
        case "-": (.subtract, 4)
        case "*": (.multiply, 5)
        case "/": (.divide, 5)
        default: nil
        }
    }

    static let comparing = 3
}
