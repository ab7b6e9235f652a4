import Kernel
import ServiceKit

/// The claims of a JWT (RFC 7519 §4), and the rules of those that every token has.
public struct JWTClaims: Sendable {
    /// By how much the issuer's clock may differ from ours.
    public static let leewaySeconds: Int64 = 60

    private let values: [String: Value]

    /// - Throws: `malformed`.
    public init(_ payload: [UInt8]) throws(JWTRefusal) {
        guard let values = try? JSON.decode([String: Value].self, payload) else {
            throw .malformed
        }
        self.values = values
    }

    /// A claim that is a text; nil where it is missing or anything else.
    public func text(_ name: String) -> String? {
        if case .text(let text) = values[name] { text } else { nil }
    }

    /// Whether a claim is `true`.
    public func isTrue(_ name: String) -> Bool { values[name] == .flag(true) }

    /// Whether there is such a claim.
    public func has(_ name: String) -> Bool { values[name] != nil }

    /// `iss`.
    public var issuer: String? { text("iss") }

    /// What `aud` names: a text, or a list of texts.
    public var audiences: [String] {
        switch values["aud"] {
        case .text(let text): [text]
        case .texts(let texts): texts
        default: []
        }
    }

    /// What the issuer lets the token do: `scope` of RFC 9068, or `scp` as others write it. Each
    /// can be a list, or a text with spaces in between.
    public var scopes: [String] {
        switch values["scope"] ?? values["scp"] {
        case .text(let text): text.split(separator: " ").map(String.init)
        case .texts(let texts): texts
        default: []
        }
    }

    /// Checks that the token is for `audience` and that now is its time.
    /// - Returns: when it ends to be accepted.
    public func check(
        audience: String, at now: Timestamp
    ) throws(JWTRefusal) -> Timestamp {
        guard audiences.contains(audience) else { throw .audience }
        guard let expiry = try time("exp") else { throw .claims }
        let end = expiry.adding(seconds: Self.leewaySeconds)
        guard now < end else { throw .expired }
        let latest = now.adding(seconds: Self.leewaySeconds)
        for name in ["nbf", "iat"] {
            if let time = try time(name), time > latest { throw .early }
        }
        return end
    }

    /// RFC 7519 §2, NumericDate: seconds, also with a fraction.
    /// - Throws: `claims` for what is none.
    private func time(_ name: String) throws(JWTRefusal) -> Timestamp? {
        guard let value = values[name] else { return nil }
        guard case .number(let seconds) = value, (0...Self.lastSecond).contains(seconds) else {
            throw .claims
        }
        return Timestamp(milliseconds: Int64(seconds * 1_000))
    }

    /// The end of the year 9999.
    private static let lastSecond = 253_402_300_799.0

    /// What the rules look at; objects and mixed lists are only known to be there.
    private enum Value: Decodable, Sendable, Equatable {
        case text(String)
        case number(Double)
        case flag(Bool)
        case texts([String])
        case other

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let text = try? container.decode(String.self) {
                self = .text(text)
            } else if let flag = try? container.decode(Bool.self) {
                self = .flag(flag)
            } else if let number = try? container.decode(Double.self) {
                self = .number(number)
            } else if let texts = try? container.decode([String].self) {
                self = .texts(texts)
            } else {
                self = .other
            }
        }
    }
}
