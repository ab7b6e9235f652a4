import HTTPServer
import Kernel
import Mail
import ServiceKit

/// The gateway's configuration.
public struct GatewaySettings: Sendable {
    public var common: CommonSettings
    public var internalPort: UInt16
    public var entitiesURL: ServiceURL?
    public var organizationsURL: ServiceURL?
    public var integrationsURL: ServiceURL?
    public var invitationsURL: ServiceURL?
    public var adminEmail: String
    /// With what secrets at rest are encrypted, and sign-in codes kept.
    public var encryptionSecret: [UInt8]
    public var mail: MailSettings
    /// Who sends our mails.
    public var mailSender: Mailbox?
    public var isSignUpOpen: Bool
    /// Sign-in requests of one client address in an hour; 0 for no limit.
    public var signInLimit: Int
    /// Names of users who don't exist that one caller can give in a day; 0 for no limit.
    public var unknownUserLimit: Int
    /// Of the first admin; nil makes none.
    public var adminToken: String?
    /// Milliseconds that a service may take.
    public var upstreamTimeout: Int
    let gate: GateSettings

    public init(_ settings: inout Settings, _ common: CommonSettings) {
        self.common = common
        internalPort = settings.port(
            "LATCHKEY_INTERNAL_PORT", default: 8100,
            "Port of the directory for the services, and of /readyz and /metrics")
        if internalPort != 0, internalPort == common.server.port {
            settings.reject("LATCHKEY_INTERNAL_PORT", "must be another than LATCHKEY_PORT")
        }
        entitiesURL = settings.url(
            "LATCHKEY_ENTITIES_URL", default: "http://127.0.0.1:8101", "The entities service")
        organizationsURL = settings.url(
            "LATCHKEY_ORGANIZATIONS_URL", default: "http://127.0.0.1:8102",
            "The organizations service")
        integrationsURL = settings.url(
            "LATCHKEY_INTEGRATIONS_URL", default: "http://127.0.0.1:8103",
            "The integrations service")
        invitationsURL = settings.url(
            "LATCHKEY_INVITATIONS_URL", default: "http://127.0.0.1:8104",
            "The invitations service")
        encryptionSecret = settings.secret(
            "LATCHKEY_ENCRYPTION_SECRET", minimumBytes: 32,
            "Key of the secrets at rest (mails on their way, sign-in codes), at least 32 random "
                + "bytes; LATCHKEY_INTERNAL_SECRET if empty and that is set",
            fallback: common.internalSecret)
        mail = MailSettings(&settings, dataDirectory: common.dataDirectory)
        mailSender = MailSettings.sender(&settings)
        isSignUpOpen =
            settings.choice(
                "LATCHKEY_SIGNUP", default: "open",
                "Whether an address that nobody has becomes a user when it signs in",
                ["open", "closed"], { ["open": true, "closed": false][$0] }) ?? true
        signInLimit = settings.integer(
            "LATCHKEY_SIGN_IN_LIMIT", default: 300, in: 0...1_000_000,
            "Sign-in requests (codes wanted, codes offered) of one client address in an hour; 0 "
                + "for no limit")
        unknownUserLimit = settings.integer(
            "LATCHKEY_UNKNOWN_USER_LIMIT", default: 1_000, in: 0...1_000_000_000,
            "Addresses, usernames and ids of users who don't exist that one caller can name in a "
                + "day, in shares, members and owners; 0 for no limit")
        upstreamTimeout = settings.integer(
            "LATCHKEY_UPSTREAM_TIMEOUT", default: 10_000, in: 100...600_000,
            "Milliseconds without progress after which a service has taken too long (504)")
        gate = GateSettings(&settings)
        let email = settings.text(
            "LATCHKEY_ADMIN_EMAIL", default: "admin@localhost",
            "Address of the first platform admin")
        adminEmail = (try? Text.email(email, pointer: "")) ?? ""
        if adminEmail.isEmpty {
            settings.reject("LATCHKEY_ADMIN_EMAIL", "must be an e-mail address")
        }
        adminToken = settings.text(
            "LATCHKEY_ADMIN_TOKEN",
            "Token of the first platform admin, who is created with it when "
                + "there is no user yet: sk_live_, 43 base62 characters, 6 of their CRC-32")
        if let adminToken, !Self.isToken(adminToken) {
            settings.reject("LATCHKEY_ADMIN_TOKEN", "must be a well-formed token with its checksum")
        }
    }

    private static func isToken(_ text: String) -> Bool {
        Array(text.utf8).withUnsafeBytes { APIToken.isWellFormed($0) }
    }
}
