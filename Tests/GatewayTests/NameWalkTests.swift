import Contract
import EntitiesContract
import EventLoop
import GatewayContract
import HTTPCore
import HTTPServer
import IntegrationsContract
import InvitationsContract
import Kernel
import OrganizationsContract
import ServiceKit
import TestSupport
import Testing

@testable import Gateway

/// Names in requests to every route there is, taken from the declarations: a new route is covered
/// without a test of its own.
@Suite struct NameWalkTests {
    private static let endpoints =
        (GatewayRoutes.all + [PublicAudit.list] + EntityRoutes.all + OrganizationRoutes.all
        + IntegrationRoutes.all + InvitationRoutes.all).filter { $0.access == .user }

    /// Everybody is `ours-<kind>-<external id>` here.
    private struct Resolver: NameResolver {
        let kinds = Set(Named.allCases)

        func resolve(
            _ names: [ExternalName], for caller: Caller
        ) -> [ExternalName: String] {
            Dictionary(
                uniqueKeysWithValues: names.map { ($0, "ours-\($0.kind)-\($0.externalId)") })
        }

        /// Of every second name.
        func resolveNow(_ name: ExternalName, for caller: Caller) -> ResolvedName {
            name.externalId.utf8.count.isMultiple(of: 2)
                ? ResolvedName(resolve([name], for: caller)[name]) : .later
        }
    }

    private final class Everyone: Authenticator {
        final class Known: Session { let caller = Caller(userId: "usr_1", isAdmin: true) }

        func user(_ head: RequestHead) -> any Session { Known() }
        func again(_ head: RequestHead, _ session: any Session) -> any Session { session }
        func service(_ head: RequestHead) {}
    }

    /// A request that names something at every place, and what its handler should get.
    private struct Sample {
        var target = ""
        var body: String?
        var expectedPath: [String: String] = [:]
        var expectedQuery: [String: String] = [:]
        var expectedBody: JSONValue?
        var count = 0

        init(_ endpoint: Endpoint) throws {
            var path = endpoint.path
            for (name, id) in zip(endpoint.parameterNames, PathID.all(in: endpoint.path)) {
                let (given, expected) = value(id?.names, name)
                path = path.replacing("{\(name)}", with: PercentEncoding.encode(given))
                expectedPath[name] = expected
            }
            var query: [String] = []
            for member in endpoint.documentation.query {
                let (given, expected) = value(member.rule.names, member.name)
                query.append("\(member.name)=\(PercentEncoding.encode(given))")
                expectedQuery[member.name] = expected
            }
            target = path + (query.isEmpty ? "" : "?" + query.joined(separator: "&"))
            guard let type = endpoint.documentation.body?.type else { return }
            let (given, expected) = try object(type)
            body = given
            expectedBody = JSONValue(Array(expected.utf8))
        }

        /// A slash and what JSON escapes are in every external id.
        private mutating func value(_ named: Named?, _ name: String) -> (String, String) {
            guard let named else { return ("plain", "plain") }
            count += 1
            let id = "a/\\\"\(name)"
            guard named == .principal else { return ("ext:\(id)", "ours-\(named)-\(id)") }
            return ("team:ext:\(id)", "team:ours-team-\(id)")
        }

        /// Members that name something, and those that hold such members.
        private mutating func object(
            _ type: any Documented.Type
        ) throws -> (given: String, expected: String) {
            var members: [(String, String)] = []
            func quoted(_ text: String) -> String { JSON.text(text) }
            for property in try Recorder.properties(of: type) {
                let rule = type.members.first { $0.name == property.name }?.rule ?? Rule()
                let name = quoted(property.name) + ":"
                switch property.shape {
                case .object(let inner):
                    let (given, expected) = try object(inner)
                    members.append((name + given, name + expected))
                case .array(.object(let inner)):
                    let (given, expected) = try object(inner)
                    members.append((name + "[\(given)]", name + "[\(expected)]"))
                case .string where rule.names != nil:
                    let (given, expected) = value(rule.names, property.name)
                    members.append((name + quoted(given), name + quoted(expected)))
                default: break
                }
            }
            return (
                "{" + members.map(\.0).joined(separator: ",") + "}",
                "{" + members.map(\.1).joined(separator: ",") + "}"
            )
        }
    }

    /// What a handler got.
    private struct Got: Sendable {
        let path: [String: String]
        let query: [String: String]
        let body: [UInt8]
    }

    @Test func `every name by an external id reaches its handler as one of ours`() async throws {
        let got = Log<[Got]>([])
        let routes = Self.endpoints.map { endpoint in
            Route.raw(endpoint) { request, exchange in
                let path = endpoint.parameterNames.map { ($0, try? request.path($0)) }
                let query = endpoint.documentation.query.map {
                    ($0.name, try? request.query($0.name))
                }
                got.change {
                    $0.append(
                        Got(
                            path: Dictionary(uniqueKeysWithValues: path).compactMapValues(\.self),
                            query: Dictionary(uniqueKeysWithValues: query)
                                .compactMapValues { $0 ?? nil },
                            body: request.body))
                }
                exchange.respond(.noContent)
            }
        }
        let group = EventLoopGroup(count: 1)
        let runtime = Runtime(group: group, logger: LogBook().logger())
        let server = try await APIServer(
            routes, options: ServerOptions(), runtime: runtime, names: Resolver()
        ) { Everyone() }
        try await ending {
            await server.drain(milliseconds: 0)
            group.stop()
        } after: {
            var count = 0
            for endpoint in Self.endpoints {
                let sample = try Sample(endpoint)
                got.set([])
                let answer = try await APIClient(port: server.port).call(
                    endpoint.method.rawValue, sample.target, body: sample.body)
                #expect(answer.status == 204, "\(endpoint.id): \(answer.text)")
                let seen = try #require(got.value.first, "\(endpoint.id)")
                #expect(seen.path == sample.expectedPath, "\(endpoint.id)")
                #expect(seen.query == sample.expectedQuery, "\(endpoint.id)")
                #expect(JSONValue(seen.body) == sample.expectedBody, "\(endpoint.id)")
                count += sample.count
            }
            #expect(count > 100)
        }
    }
}
