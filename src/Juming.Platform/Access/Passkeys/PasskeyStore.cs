using System.Buffers.Text;
using Juming.Platform.Access.Data;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace Juming.Platform.Access.Passkeys;

/// <summary>
/// Shows accounts and their passkeys to the framework's passkey handler. It only reads: rows are written by our own commands. An account that is disabled
/// or has to enrol anew is not there, so that none of its passkeys opens anything.
/// </summary>
internal sealed class PasskeyStore(AccessDb db) : IUserPasskeyStore<User>
{
    public Task<User?> FindByIdAsync(string userId, CancellationToken cancellationToken) =>
        Guid.TryParse(userId, out var id)
            ? db.Users.FirstOrDefaultAsync(u => u.Id == id && u.DisabledAt == null && u.PasswordHash != null && u.TotpSecret != null, cancellationToken)
            : Task.FromResult<User?>(null);

    public async Task<User?> FindByPasskeyIdAsync(byte[] credentialId, CancellationToken cancellationToken)
    {
        var text = Base64Url.EncodeToString(credentialId);
        return await db.Passkeys.Where(p => p.CredentialId == text).Join(db.Users, p => p.UserId, u => u.Id, (_, u) => u).FirstOrDefaultAsync(cancellationToken);
    }

    public async Task<UserPasskeyInfo?> FindPasskeyAsync(User user, byte[] credentialId, CancellationToken cancellationToken)
    {
        var text = Base64Url.EncodeToString(credentialId);
        return await db.Passkeys.FirstOrDefaultAsync(p => p.UserId == user.Id && p.CredentialId == text, cancellationToken) is { } row ? Shown(row) : null;
    }

    public async Task<IList<UserPasskeyInfo>> GetPasskeysAsync(User user, CancellationToken cancellationToken) =>
        [.. (await db.Passkeys.Where(p => p.UserId == user.Id).OrderBy(p => p.CreatedAt).ToListAsync(cancellationToken)).Select(Shown)];

    public Task<string> GetUserIdAsync(User user, CancellationToken cancellationToken) => Task.FromResult(user.Id.ToString());

    public Task<string?> GetUserNameAsync(User user, CancellationToken cancellationToken) => Task.FromResult<string?>(user.Name);

    public Task<string?> GetNormalizedUserNameAsync(User user, CancellationToken cancellationToken) => Task.FromResult<string?>(user.NameKey);

    public Task AddOrUpdatePasskeyAsync(User user, UserPasskeyInfo passkey, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task RemovePasskeyAsync(User user, byte[] credentialId, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<User?> FindByNameAsync(string normalizedUserName, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task SetUserNameAsync(User user, string? userName, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task SetNormalizedUserNameAsync(User user, string? normalizedName, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<IdentityResult> CreateAsync(User user, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<IdentityResult> UpdateAsync(User user, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<IdentityResult> DeleteAsync(User user, CancellationToken cancellationToken) => throw new NotSupportedException();

    public void Dispose()
    {
        // The context belongs to the scope.
    }

    // The count is shown as zero and compared by us: the handler's refusal would not tell a copied authenticator from a forged signature.
    private static UserPasskeyInfo Shown(Passkey row) =>
        new(Base64Url.DecodeFromChars(row.CredentialId), Base64Url.DecodeFromChars(row.PublicKey), row.CreatedAt, 0, row.TransportList(), true, row.BackupEligible, row.BackedUp, [], []);
}
