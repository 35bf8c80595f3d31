FROM archlinux:latest
RUN pacman -Syu --noconfirm base-devel git && pacman -Scc --noconfirm
RUN useradd -m build && echo 'build ALL=(ALL) NOPASSWD: ALL' >> /etc/sudoers
USER build
RUN git clone https://aur.archlinux.org/yay.git && cd yay && makepkg -si --noconfirm
