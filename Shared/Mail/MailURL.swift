import TLS

/// Where mails are sent: LATCHKEY_EMAIL_URL.
public enum MailURL: Sendable, Equatable {
    /// A folder with one `.eml` file per mail.
    case file(folder: String)
    /// An SMTP relay.
    case smtp(SMTPRelay)

    /// The default: a folder in the data folder.
    public static let fallback = "file:mail"

    /// What is wrong with a URL. Never contains it: it can have a password.
    public struct Mistake: Error, Equatable {
        /// The error, after the variable's name.
        public let rule: String

        static let form = Mistake(
            rule: "must be file:<folder>, smtp://host[:port] or smtps://host[:port], or with "
                + "user:password@ before the host, such as "
                + "smtp://user:password@mail.example.com:587?tls=required")
        static let login = Mistake(
            rule: "must have a user and a password before @, percent-encoded: %40 is @, %2F is /")
        static let security = Mistake(
            rule: "must end in ?tls=required, ?tls=opportunistic or ?tls=none if it has a query; "
                + "smtps:// is always with TLS")
        static let plainLogin = Mistake(
            rule: "must not send a user and a password without TLS: use tls=required or smtps:// "
                + "(tls=none is possible to an address of this machine, such as 127.0.0.1)")
    }

    /// - Parameter dataFolder: the parent of relative folders, whose names are not decoded.
    public init(_ text: String, dataFolder: String) throws(Mistake) {
        if text.hasPrefix("file:") {
            guard let folder = Self.folder(text.dropFirst(5), dataFolder) else { throw .form }
            self = .file(folder: folder)
        } else if text.hasPrefix("smtp://") {
            self = .smtp(try SMTPRelay(text.dropFirst(7), isImmediate: false))
        } else if text.hasPrefix("smtps://") {
            self = .smtp(try SMTPRelay(text.dropFirst(8), isImmediate: true))
        } else {
            throw .form
        }
    }

    /// The target at this URL.
    /// - Parameter withoutTLS: called if TLS, which is opportunistic here, can't be used.
    /// - Throws: if TLS is required and can't be used.
    public func target(
        _ withoutTLS: (TLSUnavailable) -> Void = { _ in }
    ) throws(TLSUnavailable) -> any MailTarget {
        switch self {
        case .file(let folder): return FileTarget(folder: folder)
        case .smtp(let relay):
            do throws(TLSUnavailable) {
                return SMTPTarget(relay, by: try relay.makeTLS())
            } catch {
                guard relay.security == .opportunistic else { throw error }
                withoutTLS(error)
                return SMTPTarget(relay, by: nil)
            }
        }
    }

    private static func folder(_ text: Substring, _ dataFolder: String) -> String? {
        // `file:///var/mail` is `file:/var/mail` (RFC 8089 §2); a host is not supported.
        let path = text.hasPrefix("///") ? text.dropFirst(2) : text
        guard !path.isEmpty, !path.hasPrefix("//"), !path.utf8.contains(0) else { return nil }
        return path.hasPrefix("/") ? String(path) : "\(dataFolder)/\(path)"
    }
}
