using System.CommandLine;
using Juming.Commands;
using Juming.Platform.Modules;

Juming.Hosting.OwnerOnly.Start();
var root = new RootCommand("Juming, managed security in three tiers. The default verb runs a tier: juming --tier site");
RunCommand.AddTo(root);
DoctorCommand.AddTo(root);
BackupCommand.AddTo(root);
RestoreCommand.AddTo(root);
RulesCommand.AddTo(root);
ReplayCommand.AddTo(root);
ParseCommand.AddTo(root);
UserCommand.AddTo(root);
TokenCommand.AddTo(root);
AuditCommand.AddTo(root);
EgressCommand.AddTo(root);
VaultCommand.AddTo(root);
LinkCommands.AddTo(root);
ContentCommand.AddTo(root);
VersionCommand.AddTo(root);
try
{
    var line = root.Parse(args);
    if (line.Errors.Count > 0)
    {
        foreach (var error in line.Errors) await Console.Error.WriteLineAsync(error.Message);
        await Console.Error.WriteLineAsync("See juming --help.");
        return Exit.WrongUse;
    }
    return await line.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = Juming.Hosting.TierHost.LongestStop + TimeSpan.FromSeconds(10) });
}
catch (Exception e) when (e is WrongUseException or SettingsException)
{
    await Console.Error.WriteLineAsync(e.Message);
    return Exit.WrongUse;
}
catch (BadInputException e)
{
    await Console.Error.WriteLineAsync(e.Message);
    return Exit.BadInput;
}
catch (RefusedException e)
{
    await Console.Error.WriteLineAsync(e.Message);
    return Exit.Refused;
}
catch (OperationCanceledException)
{
    await Console.Error.WriteLineAsync("Interrupted; what was asked for is not complete.");
    return Exit.Broken;
}
catch (Exception e) when (e is IOException or HostBlockedException)
{
    await Console.Error.WriteLineAsync(e.Message);
    return Exit.Broken;
}
catch (Exception e)
{
    await Console.Error.WriteLineAsync(e.ToString());
    return Exit.Broken;
}

/// <summary>The program.</summary>
public partial class Program;
