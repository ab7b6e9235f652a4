import EventLoop

/// Where mails are sent: LATCHKEY_EMAIL_URL.
public enum MailURL: Sendable, Equatable {
    /// A folder with one `.eml` file per mail.
    case file(folder: String)
    /// An SMTP relay. An IPv6 address has no brackets.
    case smtp(host: String, port: UInt16)

    /// The error for an invalid URL, after the variable's name.
    public static let rule =
        "must be file:<folder> or smtp://host[:port], without user, password and path"
    /// The default: a folder in the data folder.
    public static let fallback = "file:mail"

    /// nil if it breaks the rule.
    /// - Parameter dataFolder: the parent of relative folders. Names are not percent-decoded.
    public init?(_ text: String, dataFolder: String) {
        if text.hasPrefix("file:") {
            guard let folder = Self.folder(text.dropFirst(5), dataFolder) else { return nil }
            self = .file(folder: folder)
        } else if text.hasPrefix("smtp://") {
            guard let (host, port) = Self.authority(text.dropFirst(7)) else { return nil }
            self = .smtp(host: host, port: port)
        } else {
            return nil
        }
    }

    /// The target at this URL.
    public func target(smtp options: SMTPTarget.Options = .init()) -> any MailTarget {
        switch self {
        case .file(let folder): FileTarget(folder: folder)
        case .smtp(let host, let port): SMTPTarget(host: host, port: port, options)
        }
    }

    private static func folder(_ text: Substring, _ dataFolder: String) -> String? {
        // `file:///var/mail` is `file:/var/mail` (RFC 8089 §2); a host is not supported.
        let path = text.hasPrefix("///") ? text.dropFirst(2) : text
        guard !path.isEmpty, !path.hasPrefix("//"), !path.utf8.contains(0) else { return nil }
        return path.hasPrefix("/") ? String(path) : "\(dataFolder)/\(path)"
    }

    private static func authority(_ text: Substring) -> (host: String, port: UInt16)? {
        let text = text.hasSuffix("/") ? text.dropLast() : text
        if text.hasPrefix("[") {
            guard let end = text.firstIndex(of: "]") else { return nil }
            let address = text[text.index(after: text.startIndex)..<end]
            guard address.contains(":"), IPAddress(address) != nil,
                let port = port(text[text.index(after: end)...])
            else { return nil }
            return (String(address), port)
        }
        let end = text.firstIndex(of: ":") ?? text.endIndex
        guard isName(text[..<end]), let port = port(text[end...]) else { return nil }
        return (String(text[..<end]), port)
    }

    private static func isName(_ text: Substring) -> Bool {
        (1...253).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                byte &- 0x30 < 10 || byte & 0xDF &- 0x41 < 26 || "._-".utf8.contains(byte)
            }
    }

    /// - Parameter text: a colon and digits, or nothing: 25 (RFC 5321 §4.5.4.2).
    private static func port(_ text: Substring) -> UInt16? {
        if text.isEmpty { return 25 }
        let digits = text.dropFirst().utf8
        guard text.hasPrefix(":"), (1...5).contains(digits.count),
            digits.allSatisfy({ $0 &- 0x30 < 10 }),
            let number = UInt16(text.dropFirst()), number > 0
        else { return nil }
        return number
    }
}
