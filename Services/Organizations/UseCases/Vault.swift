import Kernel

/// Encrypts secrets at rest that must stay readable. Each is bound to its place and can't be
/// decrypted elsewhere.
struct Vault: Sendable {
    /// Where a secret is stored.
    enum Place {
        case registryKey(organizationId: String)
        case storageSecret(organizationId: String)
        /// Verifies at start that the key is the one that sealed the rest.
        case probe

        var name: String {
            switch self {
            case .registryKey(let id): "organizations.npm_registry_key/\(id)"
            case .storageSecret(let id): "external_storages.secret_access_key/\(id)"
            case .probe: "seals.probe"
            }
        }
    }

    private let key: SealingKey
    private let random: any RandomSource

    /// - Parameter secret: from the configuration.
    init(secret: [UInt8], random: any RandomSource) {
        key = SealingKey(secret: secret, purpose: "latchkey organizations")
        self.random = random
    }

    func seal(_ secret: String, in place: Place) -> [UInt8] {
        key.seal(Array(secret.utf8), for: place.name, random: random)
    }

    /// - Throws: 500 if it was not sealed for `place` with this key.
    func open(_ sealed: [UInt8], in place: Place) throws(Fault) -> String {
        guard let secret = key.open(sealed, for: place.name) else {
            throw .unexpected("the secret at \(place.name) can't be decrypted")
        }
        return String(decoding: secret, as: UTF8.self)
    }
}
