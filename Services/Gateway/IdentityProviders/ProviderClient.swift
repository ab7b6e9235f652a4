import EventLoop
import HTTPClient
import HTTPCore
import Kernel
import Synchronization
import TLS

/// Why an identity provider has not answered as it should; for the log.
struct ProviderFailure: Error, Sendable, CustomStringConvertible {
    let description: String
    /// 404, and the like.
    var status: Int?
}

/// Sends requests to identity providers. Their addresses are the operator's choice, or come from a
/// provider's own description over TLS, so private ones are allowed. Redirects are not followed,
/// and answers are bounded in time and size.
final class ProviderClient: Sendable {
    /// Until an answer is complete.
    private static let milliseconds = 3_000
    private static let connectMilliseconds = 2_000
    private static let maximumClients = 100
    static let maximumBytes = 256 * 1_024

    private let tls: TLSClient
    private let group: EventLoopGroup
    private let clients = Mutex<[HTTPOrigin: HTTPClient]>([:])

    init(on group: EventLoopGroup) throws(TLSUnavailable) {
        tls = try TLSClient()
        self.group = group
    }

    /// - Returns: the body of a 200.
    func get(_ url: ProviderURL) async throws(ProviderFailure) -> [UInt8] {
        let answer = try await send(ClientRequest(.get, url.target, fields: Self.fields), to: url)
        guard answer.status == 200 else {
            throw ProviderFailure(
                description: "\(url.text): status \(answer.status)", status: answer.status)
        }
        return answer.body
    }

    /// - Returns: whatever the answer is.
    func post(
        _ form: [(name: String, value: String)], to url: ProviderURL,
        fields: [Response.Field] = []
    ) async throws(ProviderFailure) -> (status: Int, body: [UInt8]) {
        let body = form.map { "\(PercentEncoding.encode($0))=\(PercentEncoding.encode($1))" }
            .joined(separator: "&")
        let type = Response.Field("Content-Type", "application/x-www-form-urlencoded")
        let answer = try await send(
            ClientRequest(
                .post, url.target, fields: Self.fields + [type] + fields, body: Array(body.utf8)),
            to: url)
        return (answer.status, answer.body)
    }

    private static let fields = [
        Response.Field("Accept", "application/json"),
        Response.Field("Accept-Encoding", "identity"), Response.Field("User-Agent", "latchkey"),
    ]

    private func send(
        _ request: ClientRequest, to url: ProviderURL
    ) async throws(ProviderFailure) -> ClientResponse {
        do throws(UpstreamFailure) {
            return try await client(of: url.origin).send(request, deadline: Self.milliseconds)
        } catch {
            throw ProviderFailure(description: "\(url.text): \(error)")
        }
    }

    private func client(of origin: HTTPOrigin) -> HTTPClient {
        clients.withLock { clients in
            if let client = clients[origin] { return client }
            if clients.count >= Self.maximumClients { clients.removeAll() }
            var options = UpstreamOptions(host: origin.host, port: origin.port)
            options.connectTimeout = Self.connectMilliseconds
            options.idleTimeout = 2_000
            // When to ask again is decided by its user.
            options.breakerThreshold = .max
            if origin.isSecure { options.tls = UpstreamTLS(tls, name: origin.host) }
            let client = HTTPClient(
                options, on: group, answers: .whole(maximumBody: Self.maximumBytes),
                authority: origin.authority)
            clients[origin] = client
            return client
        }
    }
}
