namespace Juming.Platform.Access;

/// <summary>Tells other modules which people there are, so that work is given to somebody who exists.</summary>
public interface IPeople
{
    /// <summary>Names of the accounts in use whose roles hold a permission, in order of their names.</summary>
    Task<IReadOnlyList<string>> Holding(string permission, CancellationToken ct);

    /// <summary>The accounts in use whose roles hold a permission, in order of their names.</summary>
    Task<IReadOnlyList<Person>> PeopleHolding(string permission, CancellationToken ct);
}

/// <summary>An account in use.</summary>
/// <param name="Id">Identity.</param>
/// <param name="Name">Name.</param>
public sealed record Person(Guid Id, string Name);
