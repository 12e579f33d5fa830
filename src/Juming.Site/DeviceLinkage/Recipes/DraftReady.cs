using FluentValidation;
using Juming.Platform.Handlers;
using Juming.Site.DeviceLinkage.Data;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.DeviceLinkage.Recipes;

/// <summary>
/// Makes a draft for a device of a recipe that comes with the program: for consoles that nobody has described, by the trade's words alone. It must be
/// rehearsed on the device before it is put to use.
/// </summary>
/// <param name="Device">The device.</param>
/// <param name="Capability">What it does.</param>
internal sealed record DraftReady(Guid Device, string Capability) : ICommand<Guid>, INeeds<LinkageRecipes>;

/// <summary>Recipes that come with the program.</summary>
internal static class ReadyRecipes
{
    /// <summary>Capabilities that there is one for.</summary>
    public static readonly IReadOnlyList<string> Capabilities = ["isolate-host", "release-host", "disable-account", "enable-account"];

    /// <summary>The recipe's text under another name.</summary>
    public static string Text(string capability, string id)
    {
        using var stream = typeof(ReadyRecipes).Assembly.GetManifestResourceStream($"recipes/{capability}.yaml")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().Replace($"id: ready-{capability}\n", $"id: {id}\n", StringComparison.Ordinal);
    }
}

file sealed class Validator : AbstractValidator<DraftReady>
{
    public Validator() => RuleFor(c => c.Capability).Must(ReadyRecipes.Capabilities.Contains).WithMessage("No recipe for this comes with the program.");
}

file sealed class Handler(LinkageDb db, TimeProvider clock) : ICommandHandler<DraftReady, Guid>
{
    public async Task<Result<Guid>> Handle(DraftReady request, CancellationToken cancellationToken)
    {
        if (await db.Devices.AsNoTracking().FirstOrDefaultAsync(d => d.Id == request.Device, cancellationToken) is not { } device) return LinkageErrors.NoSuchDevice;
        var name = RecipeNames.Of(device, request.Capability);
        foreach (var older in await db.Recipes.Where(r => r.Name == name && r.DeviceId == device.Id && r.State == RecipeState.Draft && r.Origin == RecipeOrigin.Ready).ToListAsync(cancellationToken)) older.State = RecipeState.Retired;
        var row = db.Add(new RecipeRow
        {
            Name = name,
            Version = 1 + (await db.Recipes.Where(r => r.Name == name).MaxAsync(r => (int?)r.Version, cancellationToken) ?? 0),
            Capability = request.Capability,
            Vendor = device.Vendor,
            Product = device.Model,
            DeviceId = device.Id,
            Yaml = ReadyRecipes.Text(request.Capability, name),
            State = RecipeState.Draft,
            Origin = RecipeOrigin.Ready,
            CreatedAt = clock.GetUtcNow(),
        }).Entity;
        await db.SaveChangesAsync(cancellationToken);
        return row.Id;
    }
}
