import GatewayContract
import Kernel

/// A code as it is stored: without its digits.
struct SignInCode: Sendable, Equatable {
    let id: String
    let email: String
    let digest: [UInt8]
    let createdAt: Timestamp
    /// Wrong tries so far.
    var tries: Int
    var isUsed: Bool
}

/// Which codes are valid, and how they are stored.
struct SignInRule: Sendable {
    private let keys: MACKeys

    /// - Parameter secrets: the installation's. All eight-digit codes can be tried in no time, so
    ///   their digests must need more than the database to compute.
    init(_ secrets: SecretList) {
        keys = MACKeys(secrets, purpose: "latchkey sign-in codes")
    }

    /// A code of evenly distributed digits.
    static func makeCode(_ random: any RandomSource) -> String {
        // The remainder of 64 bits by 10^8 favours no code by more than one in 10^11.
        let number = random.bytes(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) } % 100_000_000
        let digits = String(number)
        return String(repeating: "0", count: SignInLimits.codeDigits - digits.count) + digits
    }

    /// The digits of a typed code, which may be grouped, with whatever dashes and decimal digits
    /// the keyboard has: full-width and Arabic digits count as well.
    /// - Throws: 422 for what is too long or too short for a code.
    static func digits(_ typed: String) throws(Fault) -> String {
        guard SignInLimits.codeLength.contains(typed.unicodeScalars.count) else {
            throw .invalid(
                "/code",
                "must have \(SignInLimits.codeLength.lowerBound) to "
                    + "\(SignInLimits.codeLength.upperBound) characters")
        }
        var digits = String.UnicodeScalarView()
        for scalar in typed.unicodeScalars {
            let properties = scalar.properties
            if properties.isWhitespace || properties.isDefaultIgnorableCodePoint
                || properties.generalCategory == .dashPunctuation
            {
                continue
            }
            if properties.numericType == .decimal, let value = properties.numericValue {
                digits.append(contentsOf: String(Int(value)).unicodeScalars)
            } else {
                digits.append(scalar)
            }
        }
        return String(digits)
    }

    func digest(_ code: String, of email: String, id: String) -> [UInt8] {
        keys.authenticate(Self.message(code, of: email, id: id))
    }

    private static func message(_ code: String, of email: String, id: String) -> [UInt8] {
        Array("\(id)\n\(email)\n\(code)".utf8)
    }

    /// Stand for a client in the table of tries, which holds no addresses: with each secret, of
    /// which the first is the one to store.
    func digests(ofClient client: String) -> [[UInt8]] {
        keys.all(Array("client\n\(client)".utf8)).map { Array($0.prefix(16)) }
    }

    /// The secret of the session that pressing the button of a claim's page starts: the same for
    /// each press on one display of the page, which tells a second press from another browser's.
    /// - Parameter showing: the random id of this display of the page.
    /// - Returns: the first is the one to start; the others were, with an older secret.
    func sessions(ofClaim claim: String, showing: String) -> [String] {
        keys.all(Array("claim\n\(showing)\n\(claim)".utf8)).map {
            APIToken.make(prefix: APIToken.sessionPrefix, bytes: $0)
        }
    }

    static let codeSeconds = Int64(SignInLimits.codeMinutes) * 60

    /// Whether it can still be used.
    static func isOpen(_ code: SignInCode, at now: Timestamp) -> Bool {
        let until = code.createdAt.adding(seconds: codeSeconds)
        return !code.isUsed && code.tries < SignInLimits.triesPerCode && now < until
            // The clock may be set back.
            && now >= code.createdAt
    }

    /// - Parameter digits: an empty string never matches.
    func matches(_ code: SignInCode, _ digits: String) -> Bool {
        !digits.isEmpty
            && keys.verify(code.digest, of: Self.message(digits, of: code.email, id: code.id))
    }

    static let invalidCode = Fault(GatewayProblems.invalidCode)
}
