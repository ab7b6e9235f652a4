import Contract
import Gateway
import GatewayContract
import Kernel
import ServiceKit
import TestSupport
import Testing

/// What edge gateways and the primary one say to each other.
@Suite struct EdgeWireTests {
    private func expectWire<T: Codable>(_ golden: String, _ type: T.Type) throws -> T {
        let value = try Golden.value(golden, as: type)
        #expect(JSON.text(value) == (try Golden.text(golden)), "\(golden)")
        return value
    }

    @Test func `the types read and write exactly the agreed bytes`() throws {
        let query = try expectWire("credentials-query", CredentialsQuery.self)
        #expect(query.tokens.count == 1 && query.users == ["ext:crm/7"])
        let answer = try expectWire("credentials-answer", CredentialsReply.self)
        #expect(answer.mark.version == 7 && answer.tokens[0].digest == query.tokens[0])
        #expect(answer.tokens[0].readOnly && answer.users[0].isActable)
        _ = try expectWire("external-users-query", ExternalUsersQuery.self)
        #expect(try expectWire("external-users-answer", ExternalUsersReply.self).users.count == 1)
        let refused = try expectWire("external-users-answer-refused", ExternalUsersReply.self)
        #expect(refused.retryAfter == 60)
        #expect(try expectWire("token-uses", TokenUses.self).uses.count == 1)
        #expect(try expectWire("token-uses-answer", TokenUses.Receipt.self).recorded == 1)
    }

    @Test func `the primary gateway answers what an edge gateway asks`() async throws {
        try await GatewayAlone.run(Asked()) { service, _ in
            let signer = IdentitySigner(
                issuer: "gateway", secret: Array(GatewayAlone.secret.utf8), clock: SystemClock())
            func ask(_ endpoint: Endpoint, _ body: String) async throws -> RawResponse {
                try await APIClient(port: service.internalPort).call(
                    "POST", endpoint.path, body: body,
                    fields: ["Latchkey-Identity: " + signer.service(audience: "gateway")])
            }
            for (endpoint, golden) in [
                (EdgeQueries.lookUp, "credentials-query"),
                (EdgeQueries.findUsers, "external-users-query"),
                (EdgeQueries.recordUses, "token-uses"),
            ] {
                let answer = try await ask(endpoint, try Golden.text(golden))
                #expect(answer.status == 200, "\(endpoint.id): \(answer.text)")
            }
            let digest = Base64URL.encode(SHA256.hash(Array(GatewayAlone.admin.utf8)))
            let found = try await ask(
                EdgeQueries.lookUp, #"{"tokens":["\#(digest)"],"users":[]}"#)
            let reply = try JSON.decode(CredentialsReply.self, found.body)
            #expect(reply.tokens.first?.digest == digest && reply.tokens.first?.isAdmin == true)
            let many = [String](repeating: #""x""#, count: CredentialsQuery.maximum + 1)
            let refused = try await ask(
                EdgeQueries.lookUp, #"{"tokens":[\#(many.joined(separator: ","))],"users":[]}"#)
            #expect(refused.status == 422)
        }
    }
}
