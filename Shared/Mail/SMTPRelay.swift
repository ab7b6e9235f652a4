import EventLoop
import TLS

/// The relay that mails are sent to, and how: what LATCHKEY_EMAIL_URL says.
public struct SMTPRelay: Sendable, Equatable {
    /// How the connection is protected.
    public enum Security: String, Sendable, CaseIterable {
        /// No TLS.
        case none
        /// TLS where the relay offers it, whatever its certificate: against those who only listen
        /// (RFC 7435).
        case opportunistic
        /// TLS by STARTTLS (RFC 3207) with a certificate that is checked, or no mail.
        case required
        /// TLS from the first byte (RFC 8314 §3.3) with a certificate that is checked.
        case immediate
    }

    /// A name, or an address without brackets.
    public let host: String
    /// 1 to 65535.
    public let port: UInt16
    /// How the connection is protected.
    public let security: Security
    /// nil for a relay that needs none.
    public let login: SMTPLogin?

    public init(
        host: String, port: UInt16, security: Security = .none, login: SMTPLogin? = nil
    ) {
        self.host = host
        self.port = port
        self.security = security
        self.login = login
    }

    /// Whether a login without TLS leaves no machine: the kernel sends packets to loopback
    /// addresses over no network (RFC 1122 §3.2.1.3). A name can have any address.
    public var isLoopback: Bool {
        guard let address = HostLookup.number(host) else { return false }
        return Self.loopback.contains { $0.contains(address) }
    }

    private static let loopback = ["127.0.0.0/8", "::1"].compactMap { IPRange($0) }

    /// What the connections need; nil without TLS.
    /// - Parameter certificates: a file of those to trust in place of the system's; for tests.
    public func makeTLS(trusting certificates: String? = nil) throws(TLSUnavailable) -> TLSClient? {
        if security == .none { return nil }
        // SMTP has no name in RFC 7301's registry.
        return try TLSClient(
            for: nil, trusting: certificates, checksServer: security != .opportunistic)
    }
}

/// A relay's user and password. Neither is shown anywhere.
public struct SMTPLogin: Sendable, Equatable {
    let user: String
    let password: String

    public init(user: String, password: String) {
        self.user = user
        self.password = password
    }
}

extension SMTPLogin: CustomStringConvertible, CustomReflectable {
    public var description: String { "SMTPLogin" }
    /// Hides the password from logs and dumps.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
