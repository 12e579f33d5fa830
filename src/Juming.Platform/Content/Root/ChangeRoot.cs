using System.Globalization;
using System.Security.Cryptography;
using FluentValidation;
using Juming.Platform.Content.Format;
using Juming.Platform.Content.Keep;
using Juming.Platform.Content.Sign;
using Juming.Platform.Content.Sync;
using Juming.Platform.Content.Trust;
using Juming.Platform.Handlers;
using Juming.Platform.Modules;

namespace Juming.Platform.Content.Root;

/// <summary>
/// Makes the next root: exchanges keys, sets how many must sign, or only makes it good for another year. Signed by enough keys of the root before and of the new one; the keys come from
/// their files and are forgotten afterwards.
/// </summary>
internal sealed record ChangeRoot : ICommand<RootChanged>, INeeds<ContentRootWrite>
{
    /// <summary>Root keys as they lie in their files.</summary>
    public IReadOnlyList<Secret> Keys { get; init; } = [];

    /// <summary>Their passphrases, in the same order; one alone is that of all.</summary>
    public IReadOnlyList<Secret> Passphrases { get; init; } = [];

    /// <summary>Public root keys to add, as base64.</summary>
    public IReadOnlyList<string> Add { get; init; } = [];

    /// <summary>Names of root keys to take out.</summary>
    public IReadOnlyList<string> Drop { get; init; } = [];

    /// <summary>How many must sign; null to leave it.</summary>
    public int? Threshold { get; init; }

    /// <summary>Exchanges all keys with which the cloud signs by itself, such as after somebody may have seen them.</summary>
    public bool RenewOnline { get; init; }
}

/// <summary>The root that is in force now.</summary>
internal sealed record RootChanged(long Version, DateTimeOffset Expires, IReadOnlyList<string> Keys, int Threshold);

file sealed class Validator : AbstractValidator<ChangeRoot>
{
    public Validator()
    {
        RuleFor(c => c.Keys).Must(k => k.Count is > 0 and <= Limits.MostKeys);
        RuleFor(c => c).Must(c => c.Passphrases.Count == 1 || c.Passphrases.Count == c.Keys.Count).WithName("Passphrases");
        RuleFor(c => c.Add).Must(a => a.All(k => ContentKey.Read(k) is not null));
    }
}

file sealed class Handler(TrustBook book, Repository repository, SigningKeys keys, ContentDesk desk, TierContext tier, TimeProvider clock) : ICommandHandler<ChangeRoot, RootChanged>
{
    public async Task<Result<RootChanged>> Handle(ChangeRoot request, CancellationToken ct)
    {
        if (tier.Tier.Number != 1) return ContentErrors.NotHere;
        var given = new List<ECDsa>();
        try
        {
            for (var i = 0; i < request.Keys.Count; i++)
            {
                if (RootKeyFile.Read(request.Keys[i].Value, request.Passphrases[request.Passphrases.Count == 1 ? 0 : i].Value) is not { } key) return ContentErrors.KeyClosed;
                given.Add(key);
            }
            using var turn = await book.Enter(ct);
            return await Change(request, given, await repository.Made(ct), ct);
        }
        finally
        {
            given.ForEach(k => k.Dispose());
        }
    }

    private async Task<Result<RootChanged>> Change(ChangeRoot request, List<ECDsa> given, TrustedMetadata before, CancellationToken ct)
    {
        var root = before.Root.Data;
        var role = root.Roles[Roles.Root];
        var next = role.Keys.Where(k => !request.Drop.Contains(k.Id)).Concat(request.Add.Select(k => ContentKey.Read(k)!)).DistinctBy(k => k.Id).ToList();
        var threshold = request.Threshold ?? Math.Min(role.Threshold, next.Count);
        if (next.Count is 0 or > Limits.MostKeys || threshold < 1 || threshold > next.Count) return ContentErrors.BadRoot;
        foreach (var (needed, have) in new[] { (role.Threshold, Having(role.Keys, given)), (threshold, Having(next, given)) })
            if (have < needed) return ContentErrors.TooFewKeys.With("need", needed.ToString(CultureInfo.InvariantCulture)).With("have", have.ToString(CultureInfo.InvariantCulture));
        var roles = new Dictionary<string, RoleKeys>(root.Roles) { [Roles.Root] = new RoleKeys(next, threshold) };
        if (request.RenewOnline)
            foreach (var online in Roles.Top.Where(r => r != Roles.Root)) roles[online] = RoleKeys.Of(ContentKey.Of(await keys.Make(online, ct)));
        var made = new RootData(root.Version + 1, Repository.Until(clock.GetUtcNow() + Repository.RootHolds), roles);
        var working = before.Copy();
        working.TakeRoot(SignedFile.Write(made.ToJson(), given));
        await repository.Sign(working, await Lists(before, request.RenewOnline, ct), ct, (before.Snapshot!.Data.Version, before.Timestamp!.Data.Version));
        if (request.RenewOnline) await ForgetOld(roles, ct);
        desk.Changed();
        return new RootChanged(made.Version, made.Expires, [.. next.Select(k => k.Id)], threshold);
    }

    /// <summary>What is signed anew: nothing but what names it, or everything, under new keys.</summary>
    private async Task<IReadOnlyList<TargetsData>> Lists(TrustedMetadata before, bool renewed, CancellationToken ct)
    {
        if (!renewed) return [];
        var top = repository.Next(Roles.Targets, before.Lists[Roles.Targets].Data);
        var delegations = new Dictionary<string, RoleKeys>(top.Delegations);
        foreach (var role in Roles.Delegated) delegations[role] = RoleKeys.Of(ContentKey.Of(await keys.Make(role, ct)));
        return [top with { Delegations = delegations }, .. Roles.Delegated.Select(r => repository.Next(r, before.Lists[r].Data))];
    }

    private async Task ForgetOld(Dictionary<string, RoleKeys> roles, CancellationToken ct)
    {
        foreach (var online in Roles.Top.Where(r => r != Roles.Root)) await keys.Forget(online, [.. roles[online].Keys.Select(k => k.Id)], ct);
        foreach (var role in Roles.Delegated) await keys.Forget(role, [ContentKey.Of(await keys.Newest(role, ct)).Id], ct);
    }

    private static int Having(IEnumerable<ContentKey> keys, List<ECDsa> given) => keys.Count(k => given.Any(g => ContentKey.Of(g).Id == k.Id));
}
