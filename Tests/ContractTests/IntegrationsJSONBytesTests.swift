import Contract
import Foundation
import IntegrationsContract
import Kernel
import ServiceKit
import TestSupport
import Testing

/// The wire types of the integrations context write themselves with the encoder's values, in the
/// order of the product's reference pages.
@Suite struct IntegrationsJSONBytesTests {
    private let random = SeededRandom(seed: 5)

    private func text() -> String {
        let alphabet = Array("abcXYZ019_-:é語😀\"\\/\n\r\t\u{8}\u{C}\u{1}\u{1F}\u{7F}\u{2028} {}[]:,")
        return String((0..<random.below(12)).map { _ in alphabet[random.below(alphabet.count)] })
    }

    private func maybe<T>(_ value: T) -> T? { random.below(2) == 0 ? nil : value }

    private func one<T>(of values: T...) -> T { values[random.below(values.count)] }

    private func number() -> Int { random.below(IntegrationLimits.accessLevels.upperBound) }

    private func time() -> Timestamp { Timestamp(milliseconds: Int64(random.below(1 << 42))) }

    /// A random value of each type.
    private func samples() -> [any JSONByteWritable] {
        [
            IntegrationBody(
                id: text(), slug: text(), name: text(), description: maybe(text()),
                externalId: maybe(text()), ownerId: text(), createdAt: time(), updatedAt: time()),
            IntegrationAccessBody(accessLevel: number(), via: text()),
            IntegrationShareBody(
                integrationId: text(), principalId: text(), accessLevel: number(),
                createdAt: time(), updatedAt: time()),
            IntegrationShareWithPrincipalBody(
                integrationId: text(), accessLevel: number(),
                principal: PrincipalBody(id: text(), name: text(), type: one(of: .user, .team))),
            random.below(2) == 0
                ? OwnerBody(text(), username: text(), displayName: text())
                : OwnerBody(text(), teamId: text(), name: text()),
            TeamBody(
                id: text(), name: text(), memberCount: number(), externalId: maybe(text()),
                createdAt: time()),
            TeamMemberBody(
                username: text(), displayName: text(),
                role: one(of: .admin, .dataWizard, .member)),
            HALLink(text(), templated: maybe(random.below(2) == 0)),
            HALCurie(text(), text()),
        ]
    }

    /// The same value with sorted members.
    private func sorted(_ json: [UInt8]) throws -> String {
        let value = try JSONSerialization.jsonObject(with: Data(json))
        let data = try JSONSerialization.data(
            withJSONObject: value, options: [.sortedKeys, .withoutEscapingSlashes])
        return String(decoding: data, as: UTF8.self)
    }

    @Test func `types write the same values as the encoder`() throws {
        for _ in 0..<300 {
            for sample in samples() {
                let coded = try JSONEncoder().encode(sample)
                #expect(try sorted(JSON.encode(sample)) == sorted([UInt8](coded)))
            }
        }
    }

    @Test func `every response type writes itself and is tested here`() {
        let tried = Set(samples().map { "\(type(of: $0))" })
        let answers = IntegrationRoutes.all.flatMap(\.documentation.answers)
        var types: [any Documented.Type] = []
        for answer in answers {
            switch answer.content {
            case .one(let type), .list(let type, _): types.append(type)
            case .nothing, .other: break
            }
        }
        #expect(types.count > 15)
        for type in types {
            #expect(type is any JSONByteWritable.Type, "\(type)")
            #expect(tried.contains("\(type)"), "\(type)")
        }
    }

    @Test func `members have the order of the reference page`() throws {
        let time = try #require(Timestamp(rfc3339: "2026-01-15T09:00:00.000Z"))
        let share = IntegrationShareBody(
            integrationId: "abc-123", principalId: "team:analytics", accessLevel: 1,
            createdAt: time, updatedAt: time)
        #expect(
            JSON.text(share) == #"{"integrationId":"abc-123","principalId":"team:analytics","#
                + #""accessLevel":1,"createdAt":"2026-01-15T09:00:00.000Z","#
                + #""updatedAt":"2026-01-15T09:00:00.000Z"}"#)
        let listed = IntegrationShareWithPrincipalBody(
            integrationId: "abc-123", accessLevel: 1,
            principal: PrincipalBody(id: "team:analytics", name: "Analytics Team", type: .team))
        #expect(
            JSON.text(listed) == #"{"integrationId":"abc-123","principalId":"team:analytics","#
                + #""accessLevel":1,"principal":{"id":"team:analytics","#
                + #""name":"Analytics Team","type":"team"}}"#)
        let user = OwnerBody("user:admin", username: "admin", displayName: "Admin User")
        #expect(
            JSON.text(user) == #"{"id":"user:admin","_embedded":{"inf:user":"#
                + #"{"username":"admin","displayName":"Admin User"}}}"#)
        let team = OwnerBody("team:analytics", teamId: "analytics", name: "Analytics Team")
        #expect(
            JSON.text(team) == #"{"id":"team:analytics","_embedded":{"inf:team":"#
                + #"{"id":"analytics","name":"Analytics Team"}}}"#)
    }
}
