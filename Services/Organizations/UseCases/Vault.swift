import Kernel
import SQLite

/// Encrypts secrets at rest that must stay readable. Each is bound to its place and can't be
/// decrypted elsewhere.
struct Vault: Sendable {
    /// Where a secret is stored.
    enum Place: Sendable {
        case registryKey(organizationId: String)
        case storageSecret(organizationId: String)
        /// Verifies at start that one of the keys sealed the rest.
        case probe

        var name: String {
            switch self {
            case .registryKey(let id): "organizations.npm_registry_key/\(id)"
            case .storageSecret(let id): "external_storages.secret_access_key/\(id)"
            case .probe: "seals.probe"
            }
        }
    }

    private let keys: SealingKeys
    private let random: any RandomSource

    /// - Parameter secrets: from the configuration.
    init(_ secrets: SecretList, random: any RandomSource) {
        keys = SealingKeys(secrets, purpose: "latchkey organizations")
        self.random = random
    }

    func seal(_ secret: String, in place: Place) -> [UInt8] {
        keys.seal(Array(secret.utf8), for: place.name, random: random)
    }

    /// All that is sealed. The probe is the last: a start without an older secret fails while
    /// anything is sealed with that.
    var sealedValues: [SealedValues] {
        [
            values(OrganizationStore.sealedKeys) { .registryKey(organizationId: $0) },
            values(StorageStore.sealedSecrets) { .storageSecret(organizationId: $0) },
            values(StorageStore.sealedProbe) { _ in .probe },
        ]
    }

    private func values(
        _ column: SealedColumn, _ place: @escaping @Sendable (String) -> Place
    ) -> SealedValues {
        SealedValues(column) { [keys, random] in
            keys.reseal($0.sealed, for: place($0.text).name, random: random)
        }
    }

    /// - Throws: 500 if it was not sealed for `place` with one of these keys.
    func open(_ sealed: [UInt8], in place: Place) throws(Fault) -> String {
        guard let secret = keys.open(sealed, for: place.name) else {
            throw .unexpected("the secret at \(place.name) can't be decrypted")
        }
        return String(decoding: secret, as: UTF8.self)
    }
}
