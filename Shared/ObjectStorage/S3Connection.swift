import EventLoop

/// Requests to one server, whose addresses have been checked, one after the other, each by a curl
/// of its own (`Curl`). They block: every one has a limit.
final class S3Connection {
    /// Why there is no whole answer.
    enum Failure: Error, Equatable {
        /// There is no connection.
        case unreachable
        /// There was one, and it ended without an answer.
        case lost
        case timeout
        case tls
        /// What came is no HTTP, is too long, or ends too early.
        case garbage(status: Int?)
        /// Nothing was tried, for a reason of ours.
        case notTried

        /// Whether the server may have done what was asked.
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

    /// Of a body, and of the heads before it.
    static let maximumBytes = 65_536

    private let endpoint: HTTPOrigin
    /// In the order to be tried.
    private var addresses: [IPAddress]

    /// - Parameter addresses: of the endpoint's host; no others are connected to.
    init(_ endpoint: HTTPOrigin, addresses: [IPAddress]) {
        self.endpoint = endpoint
        self.addresses = addresses
    }

    /// - Parameters:
    ///   - fields: without line ends; `host` among them.
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
                // Nothing was sent: the next address may do.
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
        // Too long: it was cut off.
        guard let code = result.exitCode else { throw .garbage(status: answer?.status) }
        guard code == 0 else { throw failure(code, status: answer?.status) }
        guard let answer, answer.body.count <= maximumBytes else {
            throw .garbage(status: answer?.status)
        }
        return answer
    }

    /// What an exit code means (https://curl.se/docs/manpage.html#EXIT).
    /// - Parameter status: of the answer whose end is missing.
    static func failure(_ code: Int, status: Int?) -> Failure {
        switch code {
        case 28: .timeout
        case _ where status != nil: .garbage(status: status)
        // Resolving is what curl does to the address that it was given.
        case 6, 7: .unreachable
        case 35, 51, 53, 54, 58, 59, 60, 64, 66, 77, 80, 82, 83, 90, 91: .tls
        case 52, 55, 56: .lost
        case 2: .notTried
        default: .garbage(status: nil)
        }
    }
}

extension S3Answer {
    /// The first head in what curl says that is not informational (RFC 9110 §15.2), and the body
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
