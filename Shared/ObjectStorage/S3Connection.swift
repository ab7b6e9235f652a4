import Dispatch
import EventLoop
import FoundationEssentials
import FoundationNetworking
import Glibc
import Synchronization

/// Requests to one server, whose addresses have been checked, one after the other. They block:
/// every one has a limit. Redirects are not followed, and neither cookies, caches, kept credentials
/// nor proxies are used.
final class S3Connection {
    /// Why there is no whole answer.
    enum Failure: Error, Equatable {
        /// The name has no address any more.
        case dns
        /// There is no connection.
        case unreachable
        /// There was one, and it ended without an answer.
        case lost
        case timeout
        case tls
        /// What came is no HTTP, is too long, or ends too early.
        case garbage(status: Int?)

        /// Whether the server may have done what was asked.
        var mayHaveHappened: Bool { ![.dns, .tls, .unreachable].contains(self) }

        var cause: StorageFailure {
            switch self {
            case .dns: .dns
            case .unreachable, .lost: .unreachable
            case .timeout: .timeout
            case .tls: .tls
            case .garbage(let status): .unexpected(status: status, code: nil)
            }
        }
    }

    /// Of a body.
    static let maximumBytes = 65_536

    private let endpoint: HTTPOrigin
    /// What comes before the path, in the order to be tried.
    private var origins: [String]

    /// - Parameter addresses: of the endpoint's host. Over http no others are connected to, and of
    ///   them those of IPv4 alone, since a session refuses a URL with another one; over https the
    ///   name is looked up again, and the certificate must be the name's.
    init(_ endpoint: HTTPOrigin, addresses: [IPAddress]) {
        self.endpoint = endpoint
        origins =
            endpoint.isSecure
            ? [endpoint.text]
            : addresses.filter(\.isIPv4).map { "http://\($0.text):\(endpoint.port)" }
    }

    /// - Parameter fields: without line ends.
    func exchange(
        _ method: String, path: String, fields: [(name: String, value: String)], body: [UInt8],
        until deadline: Ticks
    ) throws(Failure) -> S3Answer {
        while let origin = origins.first {
            guard let url = URL(string: origin + path) else { break }
            var request = URLRequest(url: url)
            request.httpMethod = method
            if !body.isEmpty { request.httpBody = Data(body) }
            // `Host` too: over http, the URL has a number where the name was.
            for field in fields { request.setValue(field.value, forHTTPHeaderField: field.name) }
            request.setValue("latchkey", forHTTPHeaderField: "User-Agent")
            request.setValue("identity", forHTTPHeaderField: "Accept-Encoding")
            do throws(Failure) {
                return try exchange(request, until: deadline)
            } catch {
                // Nothing was sent: the next address may do.
                guard error == .unreachable, origins.count > 1 else { throw error }
                origins.removeFirst()
            }
        }
        throw .unreachable
    }

    private func exchange(
        _ request: URLRequest, until deadline: Ticks
    ) throws(Failure) -> S3Answer {
        let milliseconds = Ticks.now.milliseconds(until: deadline)
        guard milliseconds > 0 else { throw .timeout }
        let exchange = Exchange()
        // A session and a connection for each: nothing of one request is left for the next.
        let session = URLSession(
            configuration: Self.configuration(), delegate: exchange, delegateQueue: nil)
        // Not waited for: what a session does about it is its own affair.
        defer { session.invalidateAndCancel() }
        session.dataTask(with: request).resume()
        switch exchange.outcome(within: milliseconds) {
        case nil: throw .timeout
        case .answer(let answer): return answer
        case .tooLong(let status): throw .garbage(status: status)
        case .error(let code, let text, let status):
            throw Self.failure(code, text, status: status, isSecure: endpoint.isSecure)
        }
    }

    private static func configuration() -> URLSessionConfiguration {
        let configuration = URLSessionConfiguration.ephemeral
        configuration.httpCookieStorage = nil
        configuration.httpCookieAcceptPolicy = .never
        configuration.httpShouldSetCookies = false
        configuration.urlCache = nil
        configuration.urlCredentialStorage = nil
        configuration.requestCachePolicy = .reloadIgnoringLocalCacheData
        return configuration
    }
}

extension S3Connection {
    /// What an error of a session means. Its codes leave the most of it to its text, which is
    /// libcurl's (https://curl.se/libcurl/c/libcurl-errors.html) and holds nothing of the server's.
    /// - Parameters:
    ///   - code: of NSURLErrorDomain.
    ///   - status: of the answer whose end is missing.
    static func failure(
        _ code: Int, _ text: String, status: Int?, isSecure: Bool
    ) -> Failure {
        if let status, code != -1_001 { return .garbage(status: status) }
        // Before the codes: a refused first address shows in the code of what happened at the
        // second one.
        let isLost = ["SSL_read", "SSL_write", "Recv failure", "Send failure"]
        if isLost.contains(where: text.contains) { return .lost }
        if isSecure, ["SSL", "TLS", "certificate"].contains(where: text.contains) { return .tls }
        if text.hasPrefix("Failed to connect") { return .unreachable }
        return switch code {
        case -1_000: .unreachable  // NSURLErrorBadURL: an IPv6 address, which it takes for one
        case -1_001: .timeout  // NSURLErrorTimedOut
        case -1_003: .dns  // NSURLErrorCannotFindHost
        case -1_004: .unreachable  // NSURLErrorCannotConnectToHost
        case -1_005: .lost  // NSURLErrorNetworkConnectionLost
        case -1_011: .lost  // NSURLErrorBadServerResponse: nothing came
        default: .garbage(status: nil)
        }
    }

    /// The words of an error, without the rest of what its description shows.
    static func text(of description: String) -> String {
        let key = "NSLocalizedDescription="
        guard let begin = description.firstRange(of: key)?.upperBound else { return "" }
        let rest = description[begin...]
        let ends = [", NS", "}"].compactMap { rest.firstRange(of: $0)?.lowerBound }
        return String(rest[..<(ends.min() ?? rest.endIndex)])
    }
}

/// One request and what comes of its answer.
private final class Exchange: Sendable {
    enum Outcome {
        case answer(S3Answer)
        case tooLong(status: Int?)
        case error(code: Int, text: String, status: Int?)
    }

    private struct State {
        var answer = S3Answer(status: 0)
        var outcome: Outcome?
    }

    private let state = Mutex(State())
    private let end = DispatchSemaphore(value: 0)

    /// Waits for the end.
    /// - Returns: nil if it has not come by then.
    func outcome(within milliseconds: Int) -> Outcome? {
        _ = end.wait(timeout: .now() + .milliseconds(milliseconds))
        return state.withLock { $0.outcome }
    }

    private func finish(_ outcome: (inout State) -> Outcome?) {
        let isEnd = state.withLock { state in
            guard state.outcome == nil else { return false }
            state.outcome = outcome(&state)
            return state.outcome != nil
        }
        if isEnd { end.signal() }
    }
}

extension Exchange: URLSessionDataDelegate {
    func urlSession(
        _ session: URLSession, task: URLSessionTask,
        willPerformHTTPRedirection response: HTTPURLResponse, newRequest request: URLRequest,
        completionHandler: @escaping (URLRequest?) -> Void
    ) {
        completionHandler(nil)
    }

    /// A server that wants a password is answered nothing: its refusal is the answer.
    func urlSession(
        _ session: URLSession, task: URLSessionTask,
        didReceive challenge: URLAuthenticationChallenge,
        completionHandler:
            @escaping (URLSession.AuthChallengeDisposition, URLCredential?) -> Void
    ) {
        finish { .answer($0.answer) }
        completionHandler(.cancelAuthenticationChallenge, nil)
    }

    func urlSession(
        _ session: URLSession, dataTask: URLSessionDataTask, didReceive response: URLResponse,
        completionHandler: @escaping (URLSession.ResponseDisposition) -> Void
    ) {
        if let response = response as? HTTPURLResponse {
            let fields = response.allHeaderFields.compactMap { name, value in
                (name as? String).map { (name: $0.lowercased(), value: "\(value)") }
            }
            finish {
                $0.answer = S3Answer(status: response.statusCode, fields: fields)
                return nil
            }
        }
        completionHandler(.allow)
    }

    func urlSession(_ session: URLSession, dataTask: URLSessionDataTask, didReceive data: Data) {
        finish {
            guard $0.answer.body.count + data.count <= S3Connection.maximumBytes else {
                return .tooLong(status: $0.answer.status)
            }
            $0.answer.body += data
            return nil
        }
    }

    func urlSession(
        _ session: URLSession, task: URLSessionTask, didCompleteWithError error: (any Error)?
    ) {
        finish {
            let status = $0.answer.status == 0 ? nil : $0.answer.status
            guard let error else {
                return status == nil
                    ? .error(code: -1, text: "", status: nil) : .answer($0.answer)
            }
            let text = S3Connection.text(of: "\(error)")
            return .error(code: error._code, text: text, status: status)
        }
    }
}

/// What every object of Foundation can do, in place of a superclass out of it, which would take the
/// whole of Foundation in.
extension Exchange {
    func isEqual(_ object: Any?) -> Bool { object as AnyObject? === self }
    func `self`() -> Self { self }
    func isProxy() -> Bool { false }
    var hash: Int { ObjectIdentifier(self).hashValue }
    var description: String { "Exchange" }
    var debugDescription: String { description }
}
