# escape=`
FROM mcr.microsoft.com/windows/servercore:ltsc2022
SHELL ["powershell", "-Command", "$ErrorActionPreference = 'Stop';"]
RUN Invoke-WebRequest -Uri https://example.com/x.zip -OutFile C:\x.zip ; `
    Expand-Archive C:\x.zip -DestinationPath C:\x
WORKDIR C:\x
COPY app.exe C:\x\
CMD ["C:\\x\\app.exe"]
