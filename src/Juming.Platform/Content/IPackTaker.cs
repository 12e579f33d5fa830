using Juming.Platform.Handlers;

namespace Juming.Platform.Content;

/// <summary>A pack as it came, checked.</summary>
/// <param name="Name">Its name, the same for all its versions.</param>
/// <param name="Version">Its version.</param>
/// <param name="Content">Its bytes.</param>
/// <param name="By">Who agreed to it; who published it where nobody had to.</param>
/// <param name="Operator">Identity of the operator that published it; empty for the cloud.</param>
public sealed record Pack(string Name, int Version, ReadOnlyMemory<byte> Content, string By, string Operator = "");

/// <summary>What a pack would change.</summary>
/// <param name="Part">Which part, such as a step or a file.</param>
/// <param name="Before">As it is, cut; empty for what is new.</param>
/// <param name="After">As it would be, cut; empty for what goes.</param>
public sealed record PackChange(string Part, string Before, string After);

/// <summary>Takes packs of one kind into use; the module that they are for implements it.</summary>
public interface IPackTaker
{
    /// <summary>Kind of its packs (<see cref="ContentKinds"/>).</summary>
    string Kind { get; }

    /// <summary>What it does may act on something: a person of the site agrees first.</summary>
    bool Acts { get; }

    /// <summary>What taking it would change, or why it can't be taken.</summary>
    Task<Result<IReadOnlyList<PackChange>>> Compare(Pack pack, CancellationToken ct);

    /// <summary>Puts it in force in place of any other version of its name. Twice the same changes nothing.</summary>
    Task<Result<Done>> Take(Pack pack, CancellationToken ct);

    /// <summary>Takes a name out of force; what people of the site made themselves stays.</summary>
    Task<Result<Done>> Remove(string name, string operatorId, CancellationToken ct);
}
