import EventLoop
import TLS

/// An SMTP session for many mails, one after the other (RFC 5321 §3). Blocks; used by one thread at
/// a time.
final class SMTPConnection: @unchecked Sendable {
    /// The end of a session, or of a mail in it.
    enum End: Error, Equatable {
        /// The server refused, and is ready for the next mail.
        case refused(SMTPReply, Step)
        /// The server closed the connection, timed out, sent 421 or an invalid reply.
        case broken(String, SMTPReply?, Step)
        /// TLS could not be established.
        case insecure(String)
    }

    /// The step to which a reply belongs.
    enum Step: String {
        case greeting = "the greeting"
        case hello = "HELO"
        case startTLS = "STARTTLS"
        case login = "the login"
        case reset = "RSET"
        case sender = "the sender"
        case recipient = "the recipient"
        case data = "DATA"
        case content = "the content"
    }

    let stream: SMTPStream
    /// When it was last used.
    private(set) var lastUse = Ticks.now
    private var reader = SMTPReplyReader()
    let options: SMTPTarget.Options
    /// A transaction was begun and refused (RFC 5321 §4.1.1.5).
    private var needsReset = false

    init(_ stream: SMTPStream, _ options: SMTPTarget.Options) {
        self.stream = stream
        self.options = options
    }

    /// Returns when the server has accepted the mail.
    func deliver(_ mail: OutgoingMail) throws(End) {
        lastUse = Ticks.now
        if needsReset { try expect(2, .reset, try ask("RSET", .reset)) }
        needsReset = true
        try expect(2, .sender, try ask("MAIL FROM:<\(mail.sender)>", .sender))
        try expect(2, .recipient, try ask("RCPT TO:<\(mail.recipient)>", .recipient))
        try expect(3, .data, try ask("DATA", .data))
        try send(Self.stuffed(mail.bytes), .content)
        try expect(2, .content, try reply(.content, options.endMilliseconds))
        needsReset = false
        lastUse = Ticks.now
    }

    /// Sends QUIT and ignores the reply.
    func quit() {
        let end = Ticks.now.adding(milliseconds: min(1_000, options.replyMilliseconds))
        try? stream.send(Array("QUIT\r\n".utf8), until: end)
        _ = try? stream.receive(until: end)
        stream.close()
    }

    /// Whether another mail can be sent: there are no unsolicited bytes of the server.
    var isQuiet: Bool { reader.isEmpty && stream.isQuiet }

    func ask(
        _ command: String, _ step: Step, _ milliseconds: Int? = nil
    ) throws(End) -> SMTPReply {
        // With bytes left over, replies could not be matched to commands.
        guard reader.isEmpty else {
            throw .broken("the relay sent an unsolicited reply", nil, step)
        }
        try send(Array("\(command)\r\n".utf8), step)
        return try reply(step, milliseconds)
    }

    /// Encrypts everything from here on.
    func encrypt(by client: TLSClient, to host: String) throws(End) {
        // What came before the handshake must not be read after it, when it would count as the
        // relay's: anybody between could have sent it (CVE-2011-0411, CVE-2021-38371).
        guard reader.isEmpty else {
            throw .broken("the relay sent bytes after its reply to STARTTLS", nil, .startTLS)
        }
        let end = Ticks.now.adding(milliseconds: options.connectMilliseconds)
        do throws(SMTPStream.Failure) {
            try stream.encrypt(by: client, to: host, until: end)
        } catch .insecure(let fault?) {
            throw .insecure("the relay's certificate \(fault)")
        } catch {
            throw .insecure("the TLS handshake with the relay failed")
        }
    }

    private func send(_ bytes: [UInt8], _ step: Step) throws(End) {
        do throws(SMTPStream.Failure) {
            try stream.send(
                bytes, until: Ticks.now.adding(milliseconds: options.replyMilliseconds))
        } catch {
            throw Self.broken(error, step)
        }
    }

    /// A complete reply, within the time limit however slowly its bytes arrive.
    func reply(_ step: Step, _ milliseconds: Int? = nil) throws(End) -> SMTPReply {
        let end = Ticks.now.adding(milliseconds: milliseconds ?? options.replyMilliseconds)
        while true {
            do throws(SMTPReplyReader.Malformed) {
                if let reply = try reader.next() { return reply }
            } catch {
                throw .broken("the relay sent an invalid reply", nil, step)
            }
            do throws(SMTPStream.Failure) {
                reader.add(try stream.receive(until: end))
            } catch {
                throw Self.broken(error, step)
            }
        }
    }

    func expect(_ kind: Int, _ step: Step, _ reply: SMTPReply) throws(End) {
        if reply.kind == kind { return }
        // 421: it closes the connection, whatever it was asked (RFC 5321 §3.8).
        if reply.code == 421 { throw .broken("the relay is not available", reply, step) }
        guard reply.kind >= 4 else {
            throw .broken("the relay sent an unexpected reply to \(step.rawValue)", reply, step)
        }
        throw .refused(reply, step)
    }

    private static func broken(_ failure: SMTPStream.Failure, _ step: Step) -> End {
        switch failure {
        case .closed: .broken("the relay closed the connection", nil, step)
        case .timeout: .broken("the relay did not answer in time", nil, step)
        case .insecure: .broken("the relay broke TLS", nil, step)
        }
    }

    /// Dot-stuffs the content (RFC 5321 §4.5.2) and ends it with a line of one dot. All line ends
    /// become CR LF: a server that accepts a bare LF could find another end.
    static func stuffed(_ bytes: [UInt8]) -> [UInt8] {
        let (cr, lf, dot) = (UInt8(ascii: "\r"), UInt8(ascii: "\n"), UInt8(ascii: "."))
        var out: [UInt8] = []
        out.reserveCapacity(bytes.count + 64)
        var isFirst = true
        for (index, byte) in bytes.enumerated() {
            if byte == lf, index > 0, bytes[index - 1] == cr { continue }
            if byte == cr || byte == lf {
                out += [cr, lf]
                isFirst = true
                continue
            }
            if isFirst, byte == dot { out.append(dot) }
            out.append(byte)
            isFirst = false
        }
        return out + (isFirst ? [] : [cr, lf]) + [dot, cr, lf]
    }
}
