import Kernel

extension OrganizationsUseCases {
    func getStorage(of reference: String, by caller: Caller) throws -> Storage {
        try read(.see, on: reference, by: caller) { reader, organization, _ in
            try StorageStore.find(organization.id, in: reader)
        }
    }
}
