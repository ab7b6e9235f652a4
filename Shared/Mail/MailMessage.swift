import Kernel

/// A mail: plain text, and the same as HTML.
public struct MailMessage: Sendable, Equatable {
    /// The sender.
    public let from: Mailbox
    /// The only recipient.
    public let to: Mailbox
    /// Who gets replies; the sender if nil.
    public let replyTo: Mailbox?
    /// An address by which the recipient's mail program stops such mails with one POST
    /// (RFC 8058); ours, so it has only characters of addresses.
    public let unsubscribe: String?
    /// Control characters become spaces.
    public let subject: String
    /// The body as plain text.
    public let text: String
    /// The caller escapes what people typed.
    public let html: String

    public init(
        from: Mailbox, to: Mailbox, replyTo: Mailbox? = nil, unsubscribe: String? = nil,
        subject: String, text: String, html: String
    ) {
        self.unsubscribe = unsubscribe
        self.replyTo = replyTo
        self.from = from
        self.to = to
        self.subject = subject
        self.text = text
        self.html = html
    }

    /// The bytes to send (RFC 5322, RFC 2045 to 2047): only ASCII and CR LF, lines of at most 76
    /// columns; only an address, which can't be folded, can make a line longer (≤ 300).
    /// - Parameter id: letters, digits, `_`, `-` and `.`; other characters are removed. The same id
    ///   and date give the same bytes.
    public func bytes(id: String, date: Timestamp) -> [UInt8] {
        let id = id.filter { $0.isASCII && ($0.isLetter || $0.isNumber || "_-.".contains($0)) }
        // Quoted-printable has no `=_`, so no line of a part is one of these (RFC 2045 §6.7).
        let boundary = "=_" + id.prefix(60)
        var bytes = Array(head(id: id, date: date, boundary: boundary).utf8)
        for (type, content) in [("plain", text), ("html", html)] {
            bytes += "\r\n--\(boundary)\r\n".utf8
            bytes += "Content-Type: text/\(type); charset=utf-8\r\n".utf8
            bytes += "Content-Transfer-Encoding: quoted-printable\r\n\r\n".utf8
            bytes += QuotedPrintable.encode(content)
        }
        bytes += "\r\n--\(boundary)--\r\n".utf8
        return bytes
    }

    private func head(id: String, date: Timestamp, boundary: String) -> String {
        HeaderField.line("Date", [date.rfc5322])
            + HeaderField.line("From", Self.address(from))
            + HeaderField.line("To", Self.address(to))
            + (replyTo.map { HeaderField.line("Reply-To", Self.address($0)) } ?? "")
            + HeaderField.line("Subject", HeaderText.unstructured(subject))
            + HeaderField.line("Message-ID", ["<\(id)@\(from.domain)>"])
            + (unsubscribe.map(Self.unsubscribing) ?? "")
            + HeaderField.line("MIME-Version", ["1.0"])
            // Suppresses automatic replies (RFC 3834 §5).
            + HeaderField.line("Auto-Submitted", ["auto-generated"])
            + HeaderField.line(
                "Content-Type", ["multipart/alternative;", "boundary=\"\(boundary)\""])
    }

    private static func unsubscribing(_ address: String) -> String {
        HeaderField.line("List-Unsubscribe", ["<\(address)>"])
            + HeaderField.line("List-Unsubscribe-Post", ["List-Unsubscribe=One-Click"])
    }

    private static func address(_ mailbox: Mailbox) -> [String] {
        guard let name = mailbox.name else { return [mailbox.address] }
        return HeaderText.phrase(name) + ["<\(mailbox.address)>"]
    }
}
