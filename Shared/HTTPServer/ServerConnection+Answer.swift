import EventLoop
import HTTPCore

/// How answers are put on the wire.
extension ServerConnection {
    func respond(_ exchange: Exchange, _ response: Response) {
        guard exchange === self.exchange else { return }
        decideClose(exchange, isWhole: true)
        write(response, headOnly: exchange.head.method == .head)
        answered(exchange)
    }

    func write(_ response: Response, headOnly: Bool) {
        MessageWriter.statusLine(response.status, into: &output)
        output.append(server.dateLine.bytes(loop.now))
        for field in response.fields {
            MessageWriter.field(field.name, field.value, into: &output)
        }
        writeCommonFields()
        if closeAfterAnswer { output.append("Connection: close\r\n" as StaticString) }
        if response.status != 204, response.status != 304 {
            MessageWriter.framing(.length(response.body.count), into: &output)
        }
        output.append("\r\n" as StaticString)
        let hasBody = !headOnly && response.status != 204 && response.status != 304
        if hasBody { output.append(response.body) }
        answerStatus = response.status
        answerBytes = hasBody ? response.body.count : 0
    }

    func begin(
        _ exchange: Exchange, _ status: Int, _ framing: BodyFraming,
        _ fields: (inout ByteBuffer) -> Void
    ) {
        guard exchange === self.exchange else { return }
        decideClose(exchange, isWhole: false)
        var framing = framing
        // HTTP/1.0 knows no chunks: the end of the connection is the end of the body.
        if framing == .chunked, exchange.head.minorVersion == 0 { framing = .untilClose }
        if framing == .untilClose { closeAfterAnswer = true }
        MessageWriter.statusLine(status, into: &output)
        output.append(server.dateLine.bytes(loop.now))
        fields(&output)
        writeCommonFields()
        if closeAfterAnswer { output.append("Connection: close\r\n" as StaticString) }
        if status != 204, status != 304 { MessageWriter.framing(framing, into: &output) }
        output.append("\r\n" as StaticString)
        answerStatus = status
        answerBytes = 0
        answerHasBody = exchange.head.method != .head && status != 204 && status != 304
        promisedBytes = Self.promise(framing)
        wantsDrain = false
        exchange.answer = .begun(chunked: answerHasBody && framing == .chunked)
        flushSoon()
    }

    private func writeCommonFields() {
        if let exchange {
            exchange.answerFields?.write(for: exchange.head, into: &output)
        } else if let head = parser.refused {
            server.handler.answerFields(for: head)?.write(for: head, into: &output)
        }
    }

    private static func promise(_ framing: BodyFraming) -> Int? {
        switch framing {
        case .none: 0
        case .length(let count): count
        case .chunked, .untilClose: nil
        }
    }

    /// - Returns: whether more may be written now.
    func write(_ exchange: Exchange, _ bytes: UnsafeRawBufferPointer, chunked: Bool) -> Bool {
        guard exchange === self.exchange, answerHasBody else { return true }
        if let promisedBytes, answerBytes + bytes.count > promisedBytes {
            // The client would take the surplus for the next answer.
            close(recording: 500)
            return true
        }
        if chunked { MessageWriter.chunk(bytes, into: &output) } else { output.append(bytes) }
        answerBytes += bytes.count
        guard !hasRoom else {
            flushSoon()
            return true
        }
        wantsDrain = false
        flush()
        wantsDrain = !hasRoom
        return !wantsDrain
    }

    func end(_ exchange: Exchange, chunked: Bool) {
        guard exchange === self.exchange else { return }
        // Less than was promised: the client would wait, or take the next answer for the rest.
        if answerHasBody, let promisedBytes, answerBytes != promisedBytes {
            return close(recording: 500)
        }
        if chunked { MessageWriter.lastChunk(into: &output) }
        answered(exchange)
    }

    /// A body that nobody reads and that is long, or that the client may not even send, can't be
    /// skipped: the connection closes after the answer.
    private func decideClose(_ exchange: Exchange, isWhole: Bool) {
        if server.isDraining { closeAfterAnswer = true }
        // An answer in parts may well follow a body that is still being taken.
        guard !requestRead, isWhole || !exchange.wantsBody else { return }
        if exchange.head.expectsContinue, !exchange.wantsBody { closeAfterAnswer = true }
        if case .length(let count) = exchange.head.framing,
            count - bodyBytes > server.options.lingerBytes
        {
            closeAfterAnswer = true
        }
    }
}
