import Kernel
import WriteKit

extension OrganizationsUseCases {
    static let registryKeyPrefix = "npm_live_"

    /// - Returns: the new key; the old one stops working.
    func rotateRegistryKey(
        of reference: String, by caller: Caller
    ) -> PendingWrite<OrganizationDetails, String> {
        let key = makeRegistryKey()
        return change(.configure, of: reference, by: caller) { [self] tx, admitted, _ in
            let organization = admitted.organization
            let sealed = vault.seal(key, in: .registryKey(organizationId: organization.id))
            try OrganizationStore.setSealedKey(sealed, of: organization.id, in: tx)
            try audit.record(.rotatedKey(of: organization), by: caller, in: tx)
            return key
        }
    }

    func makeRegistryKey() -> String {
        APIToken.make(prefix: Self.registryKeyPrefix, random: random)
    }
}
