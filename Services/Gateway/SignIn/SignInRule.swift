import GatewayContract
import Kernel

/// A code as it is kept: without its digits.
struct SignInCode: Sendable, Equatable {
    let id: String
    let email: String
    let digest: [UInt8]
    let createdAt: Timestamp
    /// How often it was offered wrongly.
    var tries: Int
    var isUsed: Bool
}

/// Which codes are good, and how they are kept.
struct SignInRule: Sendable {
    private let mac: HMACSHA256

    /// - Parameter secret: of the installation. Eight digits are tried out in no time, so their
    ///   digest must not be what anybody can compute who has read the database.
    init(secret: [UInt8]) {
        let key = HMACSHA256(key: secret).authenticate(Array("latchkey sign-in codes".utf8))
        mac = HMACSHA256(key: key)
    }

    /// A code of evenly distributed digits.
    static func makeCode(_ random: any RandomSource) -> String {
        // The remainder of 64 bits by 10^8 favours no code by more than one in 10^11.
        let number = random.bytes(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) } % 100_000_000
        let digits = String(number)
        return String(repeating: "0", count: SignInLimits.codeDigits - digits.count) + digits
    }

    /// The digits of what somebody has typed, who may have grouped them, with whatever dashes and
    /// decimal digits the keyboard has: full-width ones are digits, and so are Arabic ones.
    /// - Throws: 422 for what is longer or shorter than any code can be typed.
    static func digits(_ typed: String) throws(Fault) -> String {
        guard SignInLimits.codeLength.contains(typed.unicodeScalars.count) else {
            throw .invalid(
                "/code",
                "must have \(SignInLimits.codeLength.lowerBound)–"
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
        mac.authenticate(Array("\(id)\n\(email)\n\(code)".utf8))
    }

    /// What stands for a client in the table of tries: nobody's address.
    func digest(ofClient client: String) -> [UInt8] {
        Array(mac.authenticate(Array("client\n\(client)".utf8)).prefix(16))
    }

    /// The session that pressing the button of a claim's page begins: the same one for each press
    /// on one showing of the page, so that a second press can be told from another browser's.
    /// - Parameter showing: what the page was given when it was shown; random.
    func session(ofClaim claim: String, showing: String) -> String {
        APIToken.make(
            prefix: APIToken.sessionPrefix,
            bytes: mac.authenticate(Array("claim\n\(showing)\n\(claim)".utf8)))
    }

    static let codeSeconds = Int64(SignInLimits.codeMinutes) * 60

    /// Whether it can still be the right one.
    static func isOpen(_ code: SignInCode, at now: Timestamp) -> Bool {
        let until = code.createdAt.adding(seconds: codeSeconds)
        return !code.isUsed && code.tries < SignInLimits.triesPerCode && now < until
            // The clock may be set back.
            && now >= code.createdAt
    }

    /// - Parameter digits: none are no code, whatever was kept.
    func matches(_ code: SignInCode, _ digits: String) -> Bool {
        !digits.isEmpty
            && constantTimeEquals(code.digest, digest(digits, of: code.email, id: code.id))
    }

    static let wrongCode = Fault(
        .unauthenticated, code: "invalid_code",
        "The code is wrong, was used or has expired: have a new one mailed.")

    static func tooMany(retryAfter seconds: Int) -> Fault {
        Fault(
            .rateLimited, code: "too_many_sign_in_tries",
            "There were too many sign-in requests from your address; try again later.",
            retryAfter: seconds)
    }
}
