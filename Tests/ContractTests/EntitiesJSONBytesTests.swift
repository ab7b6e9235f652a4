import Contract
import EntitiesContract
import Foundation
import Kernel
import ServiceKit
import TestSupport
import Testing

/// The bodies of the entities context that write themselves are, byte by byte, what the encoder
/// makes of them.
@Suite struct EntitiesJSONBytesTests {
    private let random = SeededRandom(seed: 6)

    private func text() -> String {
        let alphabet = Array("abcXYZ019_-:é語😀\"\\/\n\r\t\u{8}\u{C}\u{1}\u{1F}\u{7F}\u{2028} {}[]:,")
        return String((0..<random.below(12)).map { _ in alphabet[random.below(alphabet.count)] })
    }

    private func maybe<T>(_ value: T) -> T? { random.below(2) == 0 ? nil : value }

    private func one<T>(of values: [T]) -> T { values[random.below(values.count)] }

    private func time() -> Timestamp { Timestamp(milliseconds: Int64(random.below(1 << 42))) }

    private func summary() -> EntitySummaryBody {
        EntitySummaryBody(
            id: text(), name: text(), slug: text(), type: one(of: EntityType.allCases))
    }

    private func profile() -> UserProfile {
        UserProfile(id: text(), email: text(), username: text(), displayName: text())
    }

    private func share<Subject>(_ entity: Subject?) -> ShareBody<Subject> {
        ShareBody(
            id: text(), entityId: text(), user: profile(), createdBy: text(), createdAt: time(),
            entity: entity)
    }

    /// A random value of each type.
    private func samples() -> [any JSONByteWritable] {
        [
            EntityBody(
                id: text(), name: text(), slug: text(), type: one(of: EntityType.allCases),
                description: maybe(text()), organizationId: maybe(text()), ownerId: text(),
                createdAt: time(), updatedAt: time(), latestVersion: maybe(text()),
                resharing: one(of: Resharing.allCases), externalId: maybe(text()),
                access: maybe(one(of: AccessStep.allCases))),
            summary(),
            InstallationBody(
                entityId: text(), version: maybe(text()), usable: random.below(2) == 0,
                installedAt: time(), entity: summary()),
            VersionBody(
                id: text(), entityId: text(), version: text(), packageUrl: text(), sha256: text(),
                notes: maybe(text()), publishedBy: text(), createdAt: time()),
            PublisherStatusBody(isPublisher: random.below(2) == 0),
            share(maybe(summary())),
            share(Never?.none),
            ShareOutcomeBody(
                created: (0..<random.below(3)).map { _ in share(nil) },
                alreadyHadAccess: (0..<random.below(3)).map { _ in
                    ShareOutcomeBody.Holder(
                        email: text(), userId: text(), via: one(of: AccessStep.allCases))
                },
                invited: (0..<random.below(3)).map { _ in
                    ShareOutcomeBody.Invited(
                        email: text(), invitationId: text(), expiresAt: time())
                }, notFound: (0..<random.below(3)).map { _ in text() }),
            profile(),
        ]
    }

    @Test func `types write the bytes of the encoder`() throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        for _ in 0..<300 {
            for sample in samples() {
                let coded = String(decoding: try encoder.encode(sample), as: UTF8.self)
                #expect(JSON.text(sample) == coded)
            }
        }
    }
}
