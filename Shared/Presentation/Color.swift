import Kernel

/// A colour of the sRGB space, and what can be read on it.
public struct Color: Sendable, Equatable {
    /// From 0 to 1.
    private let red: Double
    private let green: Double
    private let blue: Double

    static let black = Color(red: 0, green: 0, blue: 0)
    static let white = Color(red: 1, green: 1, blue: 1)
    /// WCAG 2.2, 1.4.3: the least contrast of text.
    static let readable = 4.5
    /// WCAG 2.2, 1.4.11: the least contrast of controls.
    static let discernible = 3.0

    private init(red: Double, green: Double, blue: Double) {
        self.red = red
        self.green = green
        self.blue = blue
    }

    /// Nil unless it is `#rrggbb`.
    public init?(_ text: String) {
        let digits = text.dropFirst()
        guard text.first == "#", digits.utf8.count == 6,
            digits.utf8.allSatisfy({ Character(UnicodeScalar($0)).isHexDigit }),
            let value = Int(digits, radix: 16)
        else { return nil }
        self.init(
            red: Double(value >> 16) / 255, green: Double(value >> 8 & 255) / 255,
            blue: Double(value & 255) / 255)
    }

    /// `#rrggbb`
    public var text: String {
        "#" + [red, green, blue].map(Self.hex).joined()
    }

    private static func hex(_ part: Double) -> String {
        let value = Int((part * 255).rounded())
        return (value < 16 ? "0" : "") + String(value, radix: 16)
    }

    /// White where it can be read, or else black: one of the two always has a contrast of 4.58.
    public var ink: Color { contrast(with: .white) >= Self.readable ? .white : .black }

    /// The same tone, lighter or darker until text of it can be read on all grounds, which are all
    /// light or all dark.
    public func readable(on grounds: Color...) -> Color {
        grounds.reduce(self) { $0.adjusted(to: $1) }
    }

    private func adjusted(to ground: Color) -> Color {
        let target = ground.luminance > 0.18 ? Color.black : .white
        let steps = 50
        for step in 0..<steps {
            let mixed = mixed(with: target, Double(step) / Double(steps))
            if mixed.contrast(with: ground) >= Self.readable { return mixed }
        }
        return target
    }

    /// 1 to 21 (WCAG 2.2, contrast ratio).
    public func contrast(with other: Color) -> Double {
        let (one, two) = (luminance, other.luminance)
        return (max(one, two) + 0.05) / (min(one, two) + 0.05)
    }

    /// As it is written, in 256 steps: its contrast is that of what people see.
    func mixed(with other: Color, _ part: Double) -> Color {
        func mix(_ one: Double, _ other: Double) -> Double {
            ((one + (other - one) * part) * 255).rounded() / 255
        }
        return Color(
            red: mix(red, other.red), green: mix(green, other.green), blue: mix(blue, other.blue))
    }

    /// WCAG 2.2, relative luminance.
    private var luminance: Double {
        0.2126 * Self.linear(red) + 0.7152 * Self.linear(green) + 0.0722 * Self.linear(blue)
    }

    private static func linear(_ part: Double) -> Double {
        part <= 0.04045 ? part / 12.92 : Self.power((part + 0.055) / 1.055)
    }

    /// `base` to the power of 2.4: twice itself, and the fifth root of its square.
    private static func power(_ base: Double) -> Double {
        let square = base * base
        var root = 1.0
        // Newton's method; `square` is in 0…1, where it has converged long before.
        for _ in 0..<60 {
            let fourth = root * root * root * root
            root -= (fourth * root - square) / (5 * fourth)
        }
        return square * root
    }
}
