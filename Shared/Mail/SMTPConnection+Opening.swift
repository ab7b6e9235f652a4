import EventLoop
import Kernel
import TLS

/// From the connection to the first mail: greeting, EHLO, STARTTLS (RFC 3207), login (RFC 4954).
extension SMTPConnection {
    /// Returns when a mail can be sent.
    /// - Parameter tls: nil to speak without.
    func open(_ relay: SMTPRelay, by tls: TLSClient?) throws(End) {
        if relay.security == .immediate { try encrypt(tls, relay) }
        try expect(2, .greeting, try reply(.greeting, patience))
        var offer = try hello()
        if tls != nil || relay.security == .required, !stream.isEncrypted,
            try startTLS(offer, relay)
        {
            try encrypt(tls, relay)
            // Who was between could have changed what was offered before (RFC 3207 §4.2).
            offer = try hello()
        }
        if let login = relay.login { try logIn(login, offer, relay) }
    }

    /// A relay that accepts connections but stays silent times out sooner than one that is busy
    /// with a mail.
    private var patience: Int { options.connectMilliseconds }

    private func encrypt(_ tls: TLSClient?, _ relay: SMTPRelay) throws(End) {
        guard let tls else { throw .insecure("TLS can't be used") }
        try encrypt(by: tls, to: relay.host)
    }

    /// Sends our name.
    private func hello() throws(End) -> SMTPOffer {
        let name = options.name ?? Self.literal(stream.localAddress)
        var answer = try ask("EHLO \(name)", .hello, patience)
        // A server without extensions (RFC 5321 §4.1.4).
        if answer.kind == 5 { answer = try ask("HELO \(name)", .hello, patience) }
        try expect(2, .hello, answer)
        return SMTPOffer(answer)
    }

    /// - Returns: whether TLS begins now.
    private func startTLS(_ offer: SMTPOffer, _ relay: SMTPRelay) throws(End) -> Bool {
        let isRequired = relay.security == .required
        guard offer.hasTLS else {
            // Also if somebody between has removed it.
            if isRequired { throw .insecure("the relay doesn't offer STARTTLS") }
            return false
        }
        let answer = try ask("STARTTLS", .startTLS, patience)
        if answer.kind >= 4, answer.code != 421, !isRequired { return false }
        try expect(2, .startTLS, answer)
        return true
    }

    // MARK: Login

    private func logIn(
        _ login: SMTPLogin, _ offer: SMTPOffer, _ relay: SMTPRelay
    ) throws(End) {
        guard stream.isEncrypted || relay.security == .none && relay.isLoopback else {
            throw .insecure("there is no login without TLS")
        }
        // One reply instead of three for PLAIN.
        for mechanism in ["PLAIN", "LOGIN"] where offer.mechanisms.contains(mechanism) {
            let answer =
                mechanism == "PLAIN" ? try logInPlain(login) : try logInByPrompts(login)
            // "Unrecognized authentication type" (RFC 4954 §4): offered, but not there.
            if answer.code == 504 { continue }
            return try expect(2, .login, answer)
        }
        throw .broken("the relay offers no login with AUTH PLAIN or LOGIN", nil, .login)
    }

    /// RFC 4616.
    private func logInPlain(_ login: SMTPLogin) throws(End) -> SMTPReply {
        let message = Self.base64("\u{0}\(login.user)\u{0}\(login.password)")
        let command = "AUTH PLAIN \(message)"
        // A longer line has to wait for the server's word (RFC 4954 §4).
        if command.utf8.count <= 510 { return try ask(command, .login, patience) }
        let answer = try ask("AUTH PLAIN", .login, patience)
        return answer.kind == 3 ? try ask(message, .login, patience) : answer
    }

    /// draft-murchison-sasl-login: the prompts, whatever they say, are for user and password.
    private func logInByPrompts(_ login: SMTPLogin) throws(End) -> SMTPReply {
        var answer = try ask("AUTH LOGIN", .login, patience)
        for text in [login.user, login.password] {
            guard answer.code == 334 else { break }
            answer = try ask(Self.base64(text), .login, patience)
        }
        return answer
    }

    private static func base64(_ text: String) -> String { Base64.encode(Array(text.utf8)) }

    /// The address literal of RFC 5321 §4.1.3, for a machine without a configured name.
    private static func literal(_ address: SocketAddress?) -> String {
        guard let address = address?.address else { return "localhost" }
        return address.isIPv4 ? "[\(address.text)]" : "[IPv6:\(address.text)]"
    }
}

/// What a relay can do (RFC 5321 §4.1.1.1): its reply to EHLO.
struct SMTPOffer {
    private(set) var hasTLS = false
    /// Of AUTH.
    private(set) var mechanisms: Set<String> = []

    init(_ reply: SMTPReply) {
        for line in reply.rest {
            // `AUTH=` is how servers wrote it before RFC 2554.
            let words = line.uppercased().split { $0 == " " || $0 == "=" }
            switch words.first {
            case "STARTTLS": hasTLS = true
            case "AUTH": mechanisms.formUnion(words.dropFirst().map(String.init))
            default: continue
            }
        }
    }
}
