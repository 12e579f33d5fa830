using Juming.Platform.Handlers;
using Juming.Platform.Vault;
using Juming.Site.DeviceLinkage.Data;
using Juming.Site.DeviceLinkage.Runs;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.DeviceLinkage.Register;

/// <summary>Takes a device and its secrets out of the register; its runs stay until their time is over.</summary>
internal sealed record RemoveDevice(Guid Id) : ICommand<Done>, INeeds<LinkageDevices>;

file sealed class Handler(LinkageDb db, IVault vault, SessionStore sessions, RunDesk desk) : ICommandHandler<RemoveDevice, Done>
{
    public async Task<Result<Done>> Handle(RemoveDevice request, CancellationToken cancellationToken)
    {
        var row = await db.Devices.FirstOrDefaultAsync(d => d.Id == request.Id, cancellationToken);
        if (row is null) return LinkageErrors.NoSuchDevice;
        if (desk.IsBusy(row.Id)) return LinkageErrors.InUse;
        foreach (var secret in new[] { row.PasswordId, row.SeedId })
            if (secret is { } id) await vault.Remove(id, cancellationToken);
        sessions.Forget(row.Id);
        db.Recipes.RemoveRange(await db.Recipes.Where(r => r.DeviceId == row.Id).ToListAsync(cancellationToken));
        db.Remove(row);
        await db.SaveChangesAsync(cancellationToken);
        return Done.Value;
    }
}
