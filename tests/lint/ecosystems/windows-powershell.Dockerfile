# escape=`
FROM mcr.microsoft.com/windows/servercore:ltsc2022
SHELL ["powershell", "-Command", "$ErrorActionPreference = 'Stop'; $ProgressPreference = 'SilentlyContinue';"]
RUN Invoke-WebRequest -Uri https://example.org/app.zip -OutFile c:\app.zip; `
    Expand-Archive c:\app.zip -DestinationPath c:\app; `
    Remove-Item c:\app.zip -Force
WORKDIR c:\app
EXPOSE 80
ENTRYPOINT ["c:\\app\\app.exe"]
