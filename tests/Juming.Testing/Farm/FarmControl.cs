using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Juming.Testing.Farm;

/// <summary>The farm's own door to a console: what was done, and what shall go wrong. Everything but GET of truth and state is a POST.</summary>
internal sealed class FarmControl(FarmConsole console)
{
    public async Task Answer(HttpContext http)
    {
        var parts = (http.Request.Path.Value ?? "").Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (parts is not ["__farm", var key, var verb] || !CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(key), Encoding.UTF8.GetBytes(console.ControlKey)))
        {
            http.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }
        if (HttpMethods.IsGet(http.Request.Method) && verb == "truth") await http.Response.WriteAsJsonAsync(console.TruthLog.Lines);
        else if (HttpMethods.IsGet(http.Request.Method) && verb == "state") await http.Response.WriteAsJsonAsync(State());
        else if (!HttpMethods.IsPost(http.Request.Method) || !Do(verb, http.Request.Query)) http.Response.StatusCode = StatusCodes.Status400BadRequest;
    }

    private object State() => new { console.Name, console.Version, console.InForce, Entries = console.BlockEntries, console.SignedIn, console.Capacity };

    private bool Do(string verb, IQueryCollection query)
    {
        var number = int.TryParse(query["n"], CultureInfo.InvariantCulture, out var n) ? n : 1;
        switch (verb)
        {
            case "reset": console.Reset(); return true;
            case "expire-sessions": console.ExpireSessions(); return true;
            case "fill": console.FillTable(number); return true;
            case "capacity": console.Capacity = number; return true;
            case "drop": return console.DropEntry(query["address"].ToString());
            case "fail-next-commit": console.Faults.FailNextCommit(number); return true;
            case "cut-after-submit": console.Faults.CutAfterSubmit(number); return true;
            case "fake-success": console.Faults.FakeSuccess = number != 0; return true;
            case "force-password-change": console.Faults.ForcePasswordChange = number != 0; return true;
            case "freeze": console.Faults.Freeze(); return true;
            case "thaw": console.Faults.Thaw(); return true;
            case "occupy": console.Occupy(console.Accounts[0]); return true;
            case "replace-certificate": console.ReplaceCertificate(); return true;
            case "version" when number is 1 or 2: console.Version = number; return true;
            case "speed": console.Speed = (TimeSpan.FromMilliseconds(number), TimeSpan.FromMilliseconds(number)); return true;
            default: return false;
        }
    }
}
