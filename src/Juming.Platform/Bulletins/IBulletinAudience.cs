namespace Juming.Platform.Bulletins;

/// <summary>Tells who gets the bulletins of this host: its neighbours below, by name.</summary>
public interface IBulletinAudience
{
    /// <summary>Those that count, by the identity of their peer on the link.</summary>
    Task<IReadOnlyDictionary<Guid, string>> Names(CancellationToken ct);
}
