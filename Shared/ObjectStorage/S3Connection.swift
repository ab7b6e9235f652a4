import EventLoop

/// Sends requests to one server with checked addresses, each with a curl process of its own
/// (`Curl`). They block until their deadline.
final class S3Connection {
    /// Why there is no complete response.
    enum Failure: Error, Equatable {
        /// No connection could be made.
        case unreachable
        /// The connection ended without a response.
        case lost
        case timeout
        case tls
        /// The response is not HTTP, is too long, or is cut off.
        case garbage(status: Int?)
        /// Nothing was sent, for a reason of ours.
        case notTried

        /// Whether the server may have executed the request.
        var mayHaveHappened: Bool { ![.notTried, .tls, .unreachable].contains(self) }

        var cause: StorageFailure {
            switch self {
            case .unreachable, .lost: .unreachable
            case .timeout: .timeout
            case .tls: .tls
            case .garbage(let status): .unexpected(status: status, code: nil)
            case .notTried: .unavailable
            }
        }
    }

    /// For a body, and for the heads before it.
    static let maximumBytes = 65_536

    private let endpoint: HTTPOrigin
    /// In the order in which they are tried.
    private var addresses: [IPAddress]

    /// - Parameter addresses: the endpoint's; no others are connected to.
    init(_ endpoint: HTTPOrigin, addresses: [IPAddress]) {
        self.endpoint = endpoint
        self.addresses = addresses
    }

    /// - Parameters:
    ///   - fields: without line breaks; include `host`.
    ///   - body: text.
    func exchange(
        _ method: String, path: String, fields: [(name: String, value: String)], body: String,
        until deadline: Ticks
    ) throws(Failure) -> S3Answer {
        while let address = addresses.first {
            let request = Curl.Request(
                method, endpoint.text + path,
                fields: fields + [("User-Agent", "latchkey"), ("Accept-Encoding", "identity")],
                body: body, at: address, port: endpoint.port)
            do throws(Failure) {
                return try Self.exchange(request, until: deadline)
            } catch {
                // Nothing was sent: try the next address.
                guard error == .unreachable, addresses.count > 1 else { throw error }
                addresses.removeFirst()
            }
        }
        throw .unreachable
    }

    private static func exchange(
        _ request: Curl.Request, until deadline: Ticks
    ) throws(Failure) -> S3Answer {
        guard Curl.executable != nil else { throw .notTried }
        guard let result = Curl.run(request, maximumOutput: 2 * maximumBytes, until: deadline)
        else { throw Ticks.now < deadline ? .notTried : .timeout }
        let answer = S3Answer(curl: result.output)
        // Too long: the output was cut off.
        guard let code = result.exitCode else { throw .garbage(status: answer?.status) }
        guard code == 0 else { throw failure(code, status: answer?.status) }
        guard let answer, answer.body.count <= maximumBytes else {
            throw .garbage(status: answer?.status)
        }
        return answer
    }

    /// The meaning of an exit code (https://curl.se/docs/manpage.html#EXIT).
    /// - Parameter status: the status of the incomplete response.
    static func failure(_ code: Int, status: Int?) -> Failure {
        switch code {
        case 28: .timeout
        case _ where status != nil: .garbage(status: status)
        // curl "resolves" to the given address.
        case 6, 7: .unreachable
        case 35, 51, 53, 54, 58, 59, 60, 64, 66, 77, 80, 82, 83, 90, 91: .tls
        case 52, 55, 56: .lost
        case 2: .notTried
        default: .garbage(status: nil)
        }
    }
}

extension S3Answer {
    /// The first head in curl's output that is not informational (RFC 9110 §15.2), and the body
    /// after it; nil if there is none.
    init?(curl output: [UInt8]) {
        var rest = output[...]
        while let end = rest.firstRange(of: Array("\r\n\r\n".utf8)) {
            let lines = String(decoding: rest[..<end.lowerBound], as: UTF8.self)
                .split(separator: "\r\n", omittingEmptySubsequences: false)
            let words = lines[0].split(separator: " ")
            guard words.count >= 2, words[0].hasPrefix("HTTP/"), let status = Int(words[1]) else {
                return nil
            }
            rest = rest[end.upperBound...]
            guard status >= 200 else { continue }
            let fields = lines.dropFirst().compactMap { line -> (name: String, value: String)? in
                guard let colon = line.firstIndex(of: ":") else { return nil }
                let value = line[line.index(after: colon)...].drop { $0 == " " }
                return (line[..<colon].lowercased(), String(value))
            }
            self.init(status: status, fields: fields, body: Array(rest))
            return
        }
        return nil
    }
}
