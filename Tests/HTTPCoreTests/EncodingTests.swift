import TestSupport
import Testing

@testable import HTTPCore

struct EncodingTests {
    private func decode(_ text: String, plus: Bool = false) -> String? {
        bytes(text).withUnsafeBytes { PercentEncoding.decode($0, plusIsSpace: plus) }
    }

    private func form(_ text: String) -> [String]? {
        bytes(text).withUnsafeBytes { PercentEncoding.form($0) }?.map { "\($0.name)=\($0.value)" }
    }

    @Test(arguments: [
        ("", ""), ("abc", "abc"), ("%41%62", "Ab"), ("%e2%82%AC", "€"), ("a+b", "a+b"),
        ("%2525", "%25"), ("%00", "\u{0}"),
    ])
    func `escapes are decoded once`(text: String, decoded: String) {
        #expect(decode(text) == decoded)
    }

    @Test(arguments: ["%", "%4", "a%", "%zz", "%4g", "%ff", "%c3", "%C3%28", "%ed%a0%80", "%c0%80"])
    func `a truncated escape and invalid UTF-8 are refused`(text: String) {
        #expect(decode(text) == nil)
    }

    @Test func `a form is read into pairs`() {
        #expect(form("a=1&b=2") == ["a=1", "b=2"])
        #expect(form("a=b=c&&d&=e&f=") == ["a=b=c", "d=", "=e", "f="])
        #expect(form("a+b=c%2Bd+e%26") == ["a b=c+d e&"])
        #expect(form("a=%ff") == nil)
        #expect(form("%zz=1") == nil)
        #expect(form("") == [])
        #expect(form(String(repeating: "a=1&", count: 100))?.count == 100)
        #expect(form(String(repeating: "a=1&", count: 101)) == nil)
    }

    @Test func `text with too many combining marks in a row is refused`() {
        let marks = String(repeating: "%CC%81%CC%96", count: 15)
        #expect(decode("a" + marks)?.unicodeScalars.count == 31)
        #expect(decode("a" + marks + "%CC%81") == nil)
        #expect(form("a=\(marks)%CC%81") == nil && form("\(marks)%CC%81=a") == nil)
    }

    @Test(arguments: ["%CC%81", "%CC%81%CC%96", "a=1&", "a&", "&", "=", "%41", "+"])
    func `parsing a form takes linear time`(part: String) async throws {
        let cost = try await Cost(of: 1 << 20) { [self] size in
            let text = String(repeating: part, count: size / part.utf8.count)
            _ = form(text)
            _ = form("name=" + text)
            _ = decode(text)
        }
        #expect(cost.isLinear, "\(cost)")
    }

    @Test func `percent-encoding survives a round trip`() {
        let random = SeededRandom(seed: 11)
        for _ in 0..<500 {
            let scalars = (0..<random.below(20)).compactMap { _ in
                Unicode.Scalar(UInt32(random.below(0x3000)))
            }
            let text = String(String.UnicodeScalarView(scalars))
            let encoded = PercentEncoding.encode(text)
            #expect(decode(encoded) == text, "seed \(random.seed)")
            #expect(encoded.utf8.allSatisfy { ASCII.isPathByte($0) || $0 == ASCII.percent })
            #expect(!encoded.contains("/"))
        }
    }

    @Test func `numbers have no sign, space or overflow`() {
        func decimal(_ text: String) -> Int? { bytes(text).withUnsafeBytes { Digits.decimal($0) } }
        #expect(decimal("0") == 0)
        #expect(decimal("007") == 7)
        #expect(decimal("\(Int.max)") == .max)
        for text in ["", "+5", "-0", " 5", "5 ", "5.0", "0x5", "９", "9223372036854775808"] {
            #expect(decimal(text) == nil, "\(text)")
        }
    }

    @Test func `field names are matched case-insensitively as a whole`() {
        func name(_ text: String) -> FieldName { bytes(text).withUnsafeBytes { FieldName($0) } }
        for known in FieldName.allCases where known != .other {
            #expect(name(known.rawValue) == known)
            #expect(name(known.rawValue.uppercased()) == known)
            #expect(name(known.rawValue + "x") == .other)
            #expect(name(String(known.rawValue.dropLast()) + "\u{1}") == .other)
        }
        #expect(name("") == .other)
        #expect(name("x_request_id") == .other)
        #expect(name(String(repeating: "a", count: 300)) == .other)
    }
}
