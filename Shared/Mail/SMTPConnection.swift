import EventLoop

/// An SMTP session for many mails, one after the other (RFC 5321 §3). Blocks; used by one thread at
/// a time.
final class SMTPConnection: @unchecked Sendable {
    /// The end of a session, or of a mail in it.
    enum End: Error, Equatable {
        /// The server refused, and is ready for the next mail.
        case refused(SMTPReply, Step)
        /// The server closed the connection, timed out, sent 421 or an invalid reply.
        case broken(String, SMTPReply?, Step)
    }

    /// The step to which a reply belongs.
    enum Step: String {
        case greeting = "the greeting"
        case hello = "HELO"
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
    private let options: SMTPTarget.Options
    /// A transaction was begun and refused (RFC 5321 §4.1.1.5).
    private var needsReset = false

    init(_ stream: SMTPStream, _ options: SMTPTarget.Options) {
        self.stream = stream
        self.options = options
    }

    /// Waits for the greeting and sends our name.
    func open() throws(End) {
        // A relay that accepts connections but stays silent times out sooner than one that is busy
        // with a mail.
        let patience = options.connectMilliseconds
        try expect(2, .greeting, try reply(.greeting, patience))
        let name = options.name ?? Self.literal(stream.localAddress)
        var answer = try ask("EHLO \(name)", .hello, patience)
        // A server without extensions (RFC 5321 §4.1.4).
        if answer.kind == 5 { answer = try ask("HELO \(name)", .hello, patience) }
        try expect(2, .hello, answer)
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
    var isQuiet: Bool { reader.isEmpty && !stream.isReadable }

    private func ask(
        _ command: String, _ step: Step, _ milliseconds: Int? = nil
    ) throws(End) -> SMTPReply {
        // With bytes left over, replies could not be matched to commands.
        guard reader.isEmpty else {
            throw .broken("the relay sent an unsolicited reply", nil, step)
        }
        try send(Array("\(command)\r\n".utf8), step)
        return try reply(step, milliseconds)
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
    private func reply(_ step: Step, _ milliseconds: Int? = nil) throws(End) -> SMTPReply {
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

    private func expect(_ kind: Int, _ step: Step, _ reply: SMTPReply) throws(End) {
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

    /// The address literal of RFC 5321 §4.1.3, for a machine without a configured name.
    private static func literal(_ address: SocketAddress?) -> String {
        guard let address = address?.address else { return "localhost" }
        return address.isIPv4 ? "[\(address.text)]" : "[IPv6:\(address.text)]"
    }
}
