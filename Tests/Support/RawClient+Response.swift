extension RawClient {
    /// The next answer. `toHead`: it answers HEAD and has no body.
    public func response(toHead: Bool = false) throws -> RawResponse {
        let head = String(decoding: try receive(through: "\r\n\r\n"), as: UTF8.self)
        let lines = head.split(separator: "\r\n")
        let words = lines.first?.split(separator: " ", maxSplits: 2) ?? []
        guard words.count >= 2, words[0] == "HTTP/1.1", let status = Int(words[1]) else {
            throw RawFailure.malformed(head)
        }
        let fields = try lines.dropFirst().map { line in
            guard let colon = line.firstIndex(of: ":") else { throw RawFailure.malformed(head) }
            let value = line[line.index(after: colon)...].drop { $0 == " " }
            return (name: line[..<colon].lowercased(), value: String(value))
        }
        let hasBody = !toHead && status >= 200 && status != 204 && status != 304
        return RawResponse(
            status: status, head: String(head.dropLast()), fields: fields,
            body: hasBody ? try body(fields) : [])
    }

    private func body(_ fields: [(name: String, value: String)]) throws -> [UInt8] {
        if fields.contains(where: { $0.name == "transfer-encoding" }) { return try chunks() }
        guard let text = fields.first(where: { $0.name == "content-length" })?.value else {
            return try receiveAll()
        }
        guard let length = Int(text) else { throw RawFailure.malformed(text) }
        return try receive(exactly: length)
    }

    private func chunks() throws -> [UInt8] {
        var body: [UInt8] = []
        while true {
            let line = String(decoding: try receive(through: "\r\n").dropLast(2), as: UTF8.self)
            guard let size = Int(line, radix: 16) else { throw RawFailure.malformed(line) }
            let chunk = try receive(exactly: size + 2)
            guard chunk.suffix(2).elementsEqual("\r\n".utf8) else {
                throw RawFailure.malformed("a chunk's end")
            }
            if size == 0 { return body }
            body += chunk.dropLast(2)
        }
    }

    /// What the peer does next: `.ended`, `.reset`, `.timeout`, or nil if bytes come.
    public func whatHappens() -> RawFailure? {
        do {
            _ = try receive()
            return nil
        } catch let failure as RawFailure {
            return failure
        } catch {
            return .malformed("\(error)")
        }
    }
}
